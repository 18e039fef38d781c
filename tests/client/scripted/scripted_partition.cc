#include "tests/client/scripted/scripted_partition.h"

#include <utility>

#include "proto/types/limits.h"
#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"

namespace barnabas::testing_client {

AppendOutcome ScriptedPartition::Append(std::string bytes) {
  const std::string_view slices[] = {std::string_view(bytes)};
  const auto header = record::CheckBatch(slices);
  if (!header.ok() || !record::CheckProduced(*header, kBatchBytesMax).ok()) {
    return {ErrorCode::kCorruptRecord};
  }
  AppendOutcome outcome;
  const int64_t count = header->record_count;
  if (header->HasProducer()) {
    Producer& producer = producers_[header->producer_id];
    if (header->producer_epoch < producer.epoch) {
      return {ErrorCode::kInvalidProducerEpoch};
    }
    const bool fresh =
        producer.batches.empty() || header->producer_epoch > producer.epoch;
    if (!fresh) {
      for (const Remembered& known : producer.batches) {
        if (known.first == header->base_sequence &&
            known.last == header->LastSequence()) {
          return {ErrorCode::kUnspecified, known.base_offset,
                  known.base_offset + count, true};
        }
      }
    }
    const int32_t expected =
        fresh ? 0 : record::SequenceAfter(producer.batches.back().last, 1);
    if (header->base_sequence != expected) {
      return {fresh ? ErrorCode::kUnknownProducerId
                    : ErrorCode::kOutOfOrderSequence};
    }
    if (fresh) producer.batches.clear();
    producer.epoch = header->producer_epoch;
    producer.batches.push_back(
        {header->base_sequence, header->LastSequence(), log_end_});
    if (producer.batches.size() > kBatchesPerProducer) {
      producer.batches.pop_front();
    }
  }
  record::BatchHeader stamped = *header;
  stamped.base_offset = Offset(log_end_);
  stamped.Write(bytes.data());
  outcome.base_offset = log_end_;
  log_end_ += count;
  outcome.end_offset = log_end_;
  batches_.push_back({outcome.base_offset, log_end_, std::move(bytes)});
  return outcome;
}

void ScriptedPartition::MoveStart(int64_t offset) {
  log_start_ = offset;
  while (!batches_.empty() && batches_.front().end_offset <= offset) {
    batches_.pop_front();
  }
}

std::vector<std::string> ScriptedPartition::Values() const {
  std::vector<std::string> values;
  for (const StoredBatch& batch : batches_) {
    const auto view = *record::BatchReader(batch.bytes).Next();
    record::RecordReader reader;
    record::RecordView record;
    if (!reader.Open(*view, true).ok()) continue;
    while (*reader.Next(&record)) values.emplace_back(*record.value);
  }
  return values;
}

}  // namespace barnabas::testing_client
