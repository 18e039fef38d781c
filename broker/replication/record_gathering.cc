#include "broker/replication/record_gathering.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/record/key_check.h"
#include "storage/record/record.h"

namespace barnabas::broker {
namespace {

using HeaderViews = absl::InlinedVector<record::HeaderView, 4>;

HeaderViews HeadersOf(const v1::Record& record) {
  HeaderViews views;
  for (const v1::Header& header : record.headers()) {
    views.push_back(
        {header.name(), header.has_value()
                            ? std::optional<std::string_view>(header.value())
                            : std::nullopt});
  }
  return views;
}

std::optional<std::string_view> KeyOf(const v1::Record& record) {
  if (!record.has_key()) return std::nullopt;
  return record.key();
}

std::optional<std::string_view> ValueOf(const v1::Record& record) {
  if (!record.has_value()) return std::nullopt;
  return record.value();
}

absl::Status CheckTimestamp(int64_t timestamp_ms, const log::LogConfig& config,
                            int64_t now_ms) {
  if (config.timestamp_type == record::TimestampType::kLogAppendTime) {
    return absl::OkStatus();
  }
  // Written so that neither side overflows at the largest bounds.
  const bool too_old = timestamp_ms < now_ms &&
                       now_ms - timestamp_ms > config.timestamp_before_max_ms;
  const bool too_new = timestamp_ms > now_ms &&
                       timestamp_ms - now_ms > config.timestamp_after_max_ms;
  if (timestamp_ms >= 0 && !too_old && !too_new) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInvalidTimestamp,
      absl::StrCat("timestamp ", timestamp_ms,
                   " of a record lies outside the "
                   "topic's bounds around the broker's time ",
                   now_ms),
      "set the record's time, or change message.timestamp.before.max.ms or "
      "message.timestamp.after.max.ms of the topic");
}

// A topic that keeps the last record of each key takes none without a key.
absl::Status CheckKeys(const v1::RecordBatch& records) {
  std::vector<int32_t> first;
  int64_t count = 0;
  for (int32_t i = 0; i < records.records_size(); ++i) {
    if (records.records(i).has_key()) continue;
    ++count;
    if (first.size() < record::kKeylessNamedMax) first.push_back(i);
  }
  return count == 0 ? absl::OkStatus() : record::KeysMissing(first, count);
}

}  // namespace

absl::StatusOr<int64_t> CheckStructured(const v1::RecordBatch& records,
                                        const log::LogConfig& config,
                                        int64_t now_ms) {
  if (records.records().empty()) {
    return MakeError(ErrorCode::kInvalidRecord,
                     "a batch of structured records has no record",
                     "send at least one record");
  }
  if (records.records_size() > kRecordsPerBatchMax) {
    return MakeError(
        ErrorCode::kInvalidRecord,
        absl::StrCat(records.records_size(), " records in one batch, at most ",
                     kRecordsPerBatchMax, " are taken"),
        "split the batch");
  }
  int64_t bytes = record::kBatchHeaderBytes;
  for (const v1::Record& record : records.records()) {
    if (record.has_timestamp_ms()) {
      RETURN_IF_ERROR(CheckTimestamp(record.timestamp_ms(), config, now_ms));
    }
    bytes += record::BatchBuilder::RecordBytesMax(
        KeyOf(record), ValueOf(record), HeadersOf(record));
  }
  if (config.compaction.enabled) RETURN_IF_ERROR(CheckKeys(records));
  if (bytes > config.message_bytes_max) {
    return WithSize(
        MakeError(ErrorCode::kBatchTooLarge,
                  absl::StrCat("the batch takes ", bytes,
                               " bytes encoded, the topic allows ",
                               config.message_bytes_max),
                  "send fewer records at once, or raise max.message.bytes of "
                  "the topic"),
        {.actual_bytes = bytes, .limit_bytes = config.message_bytes_max});
  }
  return bytes;
}

void AppendRecords(const v1::RecordBatch& records, int64_t now_ms,
                   record::BatchBuilder* builder) {
  for (const v1::Record& record : records.records()) {
    builder->Append(record.has_timestamp_ms() ? record.timestamp_ms() : now_ms,
                    KeyOf(record), ValueOf(record), HeadersOf(record));
  }
}

absl::Status RecordGathering::Add(ProducedBatch* batch,
                                  const log::LogConfig& config,
                                  int64_t now_ms) {
  ASSIGN_OR_RETURN(const int64_t bytes,
                   CheckStructured(*batch->records, config, now_ms));
  // Stamped now, so that draining later does not change a record's time.
  for (v1::Record& record : *batch->records->mutable_records()) {
    if (!record.has_timestamp_ms()) record.set_timestamp_ms(now_ms);
  }
  bytes_ += bytes;
  waiting_.push_back({std::move(*batch), bytes});
  return absl::OkStatus();
}

std::vector<GatheredBatch> RecordGathering::Drain(int64_t bytes_max) {
  std::vector<GatheredBatch> drained;
  std::vector<Waiting> waiting;
  waiting.swap(waiting_);
  bytes_ = 0;
  GatheredBatch current;
  const auto finish = [&] {
    if (current.parts.empty()) return;
    current.bytes = builder_.Finish();
    drained.push_back(std::move(current));
    current = GatheredBatch();
  };
  for (Waiting& entry : waiting) {
    const int32_t count = entry.batch.records->records_size();
    const int64_t grown =
        static_cast<int64_t>(builder_.EstimateBytes()) + entry.bytes_max;
    if (grown > bytes_max ||
        builder_.record_count() + count > kRecordsPerBatchMax) {
      finish();
    }
    const int32_t first = builder_.record_count();
    AppendRecords(*entry.batch.records, /*now_ms=*/0, &builder_);
    entry.batch.records.reset();
    current.parts.push_back({std::move(entry.batch), first, count});
  }
  finish();
  return drained;
}

}  // namespace barnabas::broker
