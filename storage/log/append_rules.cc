#include "storage/log/append_rules.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "storage/log/format.h"
#include "storage/record/crc32c.h"

namespace barnabas::log {
namespace {

constexpr int16_t kAppendTimeBit = 1 << 3;

absl::Status BadTimestamp(int64_t timestamp_ms, int64_t now_ms,
                          std::string_view setting, int64_t bound_ms) {
  return MakeError(
      ErrorCode::kInvalidTimestamp,
      absl::StrCat("timestamp ", timestamp_ms, " is ",
                   timestamp_ms > now_ms ? "after" : "before", " now, ", now_ms,
                   ", by more than ", std::string(setting), " = ", bound_ms,
                   " ms"),
      "send records with timestamps of their time, or change the setting");
}

absl::Status CheckTimestamps(const record::BatchHeader& header,
                             const LogConfig& config, int64_t now_ms) {
  if (header.timestamp_type() == record::TimestampType::kLogAppendTime) {
    return MakeError(ErrorCode::kInvalidTimestamp,
                     "the batch says append time, but the topic keeps the "
                     "time of creation",
                     "send batches with create time");
  }
  // Differences of far timestamps must not overflow, so bounds are added to
  // the side where they cannot.
  const int64_t newest = header.max_timestamp_ms;
  if (newest >= 0 &&
      config.timestamp_after_max_ms <
          std::numeric_limits<int64_t>::max() - now_ms &&
      newest > now_ms + config.timestamp_after_max_ms) {
    return BadTimestamp(newest, now_ms, "message.timestamp.after.max.ms",
                        config.timestamp_after_max_ms);
  }
  const int64_t oldest = header.base_timestamp_ms;
  if (oldest >= 0 && config.timestamp_before_max_ms < now_ms &&
      oldest < now_ms - config.timestamp_before_max_ms) {
    return BadTimestamp(oldest, now_ms, "message.timestamp.before.max.ms",
                        config.timestamp_before_max_ms);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckAppend(const record::BatchHeader& header,
                         const LogConfig& config, int64_t now_ms) {
  const int64_t limit = std::min(
      {config.message_bytes_max, config.segment_bytes, kSegmentBytesMax});
  if (header.SizeBytes() > limit) {
    return WithSize(
        MakeError(ErrorCode::kBatchTooLarge,
                  absl::StrCat("the batch has ", header.SizeBytes(),
                               " bytes, at most ", limit, " are taken"),
                  config.segment_bytes < config.message_bytes_max
                      ? "send smaller batches, or raise segment.bytes"
                      : "send smaller batches, or raise max.message.bytes"),
        SizeDetail{header.SizeBytes(), limit});
  }
  if (header.IsControl() ||
      config.timestamp_type == record::TimestampType::kLogAppendTime) {
    return absl::OkStatus();
  }
  return CheckTimestamps(header, config, now_ms);
}

absl::Status CheckFollows(const record::BatchHeader& header, Offset end,
                          LeaderEpoch last_epoch) {
  if (header.base_offset != end || header.leader_epoch < last_epoch) {
    return MakeError(
        ErrorCode::kInvalidRecord,
        absl::StrCat("a batch of offset ", header.base_offset.value(),
                     " and epoch ", header.leader_epoch.value(),
                     " does not follow log end ", end.value(), " and epoch ",
                     last_epoch.value()),
        "fetch again from the log's end");
  }
  if (header.SizeBytes() > kSegmentBytesMax) {
    return MakeError(ErrorCode::kBatchTooLarge,
                     "the batch does not fit a segment",
                     "send smaller batches");
  }
  return absl::OkStatus();
}

void StampAppendTime(absl::Span<const std::string_view> body, int64_t now_ms,
                     record::BatchHeader* header) {
  header->attributes =
      static_cast<int16_t>(header->attributes | kAppendTimeBit);
  header->max_timestamp_ms = now_ms;
  char bytes[record::kBatchHeaderBytes];
  header->Write(bytes);
  uint32_t crc = record::Crc32c(
      std::string_view(bytes, sizeof(bytes)).substr(record::kCrcBegin));
  for (const std::string_view part : body) {
    crc = record::ExtendCrc32c(crc, part);
  }
  header->crc = crc;
}

}  // namespace barnabas::log
