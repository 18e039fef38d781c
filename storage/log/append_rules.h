// What a leader demands of a batch beyond its form, and what it stamps on it.
//
// What: size against the topic's limit, timestamps against its bounds
//   (kafka-facts 4.4), append time.
// Units: bytes, milliseconds of wall time.
// Empty case: a timestamp of -1 means none and passes.
// Thread: pure functions.
// Errors: BATCH_TOO_LARGE with both sizes, INVALID_TIMESTAMP, INVALID_RECORD.
#ifndef BARNABAS_STORAGE_LOG_APPEND_RULES_H_
#define BARNABAS_STORAGE_LOG_APPEND_RULES_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "proto/types/offsets.h"
#include "storage/log/log_config.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

// Only what the header says is judged; single records are not opened.
absl::Status CheckAppend(const record::BatchHeader& header,
                         const LogConfig& config, int64_t now_ms);

// What a follower demands: the batch begins at the log's `end` and its epoch
// is not below `last_epoch` (L1, L2).
absl::Status CheckFollows(const record::BatchHeader& header, Offset end,
                          LeaderEpoch last_epoch);

// Makes the batch one of append time `now_ms`: attribute bit 3, maximum
// timestamp, and the checksum over the new header and the bytes of `body`,
// which are those behind the header.
void StampAppendTime(absl::Span<const std::string_view> body, int64_t now_ms,
                     record::BatchHeader* header);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_APPEND_RULES_H_
