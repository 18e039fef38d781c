// LogConfig: the settings of one partition's log, as plain values.
//
// What: what storage needs of a topic's effective settings; the broker fills
//   it from metadata/config and may replace it while the log is open.
// Units: in the names. Empty case: the defaults are Kafka's.
// Thread: a plain value. Errors: none; bounds were checked by the config.
#ifndef BARNABAS_STORAGE_LOG_LOG_CONFIG_H_
#define BARNABAS_STORAGE_LOG_LOG_CONFIG_H_

#include <cstdint>
#include <limits>

#include "proto/types/units.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

enum class FlushPolicy {
  // Acknowledged after the sync (group commit).
  kDisk,
  // Acknowledged from the page cache; synced in the background.
  kOs,
};

// When and how a log keeps only the last record of each key.
struct CompactionConfig {
  bool enabled = false;
  // Dirty bytes of all bytes that may be compacted, from which it is worth it.
  double dirty_ratio_min = 0.5;
  // Records younger than this stay as they are.
  int64_t lag_min_ms = 0;
  // Records older than this do not wait for the ratio.
  int64_t lag_max_ms = std::numeric_limits<int64_t>::max();
  // How long a tombstone stays after it was first compacted.
  int64_t delete_retention_ms = kDayMs;

  bool operator==(const CompactionConfig&) const = default;
};

struct LogConfig {
  int64_t segment_bytes = kGiB;
  int64_t segment_ms = 7 * kDayMs;
  int64_t segment_jitter_ms = 0;
  // A segment is not left open for longer without traffic: only closed ones
  // can be let go.
  int64_t segment_open_ms_max = std::numeric_limits<int64_t>::max();
  int64_t segment_index_bytes = 10 * kMiB;
  int64_t index_interval_bytes = 4 * kKiB;
  int64_t message_bytes_max = kMiB + 12;
  record::TimestampType timestamp_type = record::TimestampType::kCreateTime;
  int64_t timestamp_before_max_ms = std::numeric_limits<int64_t>::max();
  int64_t timestamp_after_max_ms = kHourMs;
  FlushPolicy flush = FlushPolicy::kDisk;
  // Producers not heard of for this long are forgotten.
  int64_t producer_expiration_ms = kDayMs;
  // Files of segments that went are renamed and removed so much later; 0: at
  // once.
  int64_t file_delete_delay_ms = 0;
  CompactionConfig compaction;

  bool operator==(const LogConfig&) const = default;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_LOG_CONFIG_H_
