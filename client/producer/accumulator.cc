#include "client/producer/accumulator.h"

#include <memory>
#include <string>
#include <utility>

#include "proto/types/limits.h"

namespace barnabas::client {

PendingBatchPtr GatheredBatch::Finish(const record::BatchProducer& stamp) {
  PendingBatchPtr finished = std::move(batch);
  if (ready_made) {
    // A batch sent as it is keeps the producer it came with.
    if (stamp.id != kNoProducer) Stamp(stamp, finished.get());
    return finished;
  }
  finished->stamp = stamp;
  finished->records = builder.record_count();
  finished->bytes = std::make_shared<std::string>(builder.Finish(stamp));
  return finished;
}

bool Accumulator::Fits(int64_t bytes) const {
  if (sealed_last_) return false;
  const record::BatchBuilder& builder = batches_.back().builder;
  return static_cast<int64_t>(builder.EstimateBytes()) + bytes <=
             options_.batch_bytes &&
         builder.record_count() < kRecordsPerBatchMax;
}

void Accumulator::Open(absl::Duration now, uint64_t generation) {
  GatheredBatch& opened = batches_.emplace_back();
  if (spare_.has_value()) {
    opened.builder = *std::exchange(spare_, std::nullopt);
  }
  opened.builder.SetCodec(options_.codec, options_.level);
  opened.batch = std::make_unique<PendingBatch>();
  opened.batch->opened = now;
  opened.batch->generation = generation;
  sealed_last_ = false;
}

Accumulator::Outcome Accumulator::Append(const GatheredRecord& record,
                                         absl::Duration now,
                                         uint64_t generation,
                                         DeliveryCallback&& callback) {
  Outcome outcome;
  if (!Fits(record.bytes)) {
    Open(now, generation);
    outcome.opened = true;
  }
  GatheredBatch& open = batches_.back();
  if (callback != nullptr) {
    if (open.batch->callbacks.empty()) {
      open.batch->callbacks.reserve(callbacks_expected_);
    }
    open.batch->callbacks.push_back(
        {open.builder.record_count(), std::move(callback)});
  }
  open.builder.Append(record.timestamp_ms, record.key, record.value,
                      record.headers);
  open.batch->reserved_bytes += record.bytes;
  sealed_last_ = static_cast<int64_t>(open.builder.EstimateBytes()) >=
                 options_.batch_bytes;
  outcome.has_sealed = HasSealed();
  return outcome;
}

void Accumulator::AppendReadyMade(PendingBatchPtr batch) {
  GatheredBatch& added = batches_.emplace_back();
  added.batch = std::move(batch);
  added.ready_made = true;
  sealed_last_ = true;
}

bool Accumulator::HasSealed() const {
  return batches_.size() > 1 || (!batches_.empty() && sealed_last_);
}

std::optional<absl::Duration> Accumulator::FirstOpened() const {
  if (batches_.empty()) return std::nullopt;
  return batches_.front().batch->opened;
}

int64_t Accumulator::FirstBytesMax() const {
  if (batches_.empty()) return 0;
  const GatheredBatch& first = batches_.front();
  if (first.ready_made) return static_cast<int64_t>(first.batch->bytes->size());
  // Codecs make what cannot be compressed a little larger.
  const auto bytes = static_cast<int64_t>(first.builder.EstimateBytes());
  return bytes + bytes / 64 + 64;
}

std::optional<GatheredBatch> Accumulator::TakeFirst(bool open_too) {
  if (!HasSealed() && (!open_too || batches_.empty())) return std::nullopt;
  GatheredBatch first = std::move(batches_.front());
  batches_.pop_front();
  callbacks_expected_ = first.batch->callbacks.size();
  if (batches_.empty()) sealed_last_ = true;
  return first;
}

void Accumulator::GiveBack(record::BatchBuilder builder) {
  spare_ = std::move(builder);
}

}  // namespace barnabas::client
