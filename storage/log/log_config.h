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

struct LogConfig {
  int64_t segment_bytes = kGiB;
  int64_t segment_ms = 7 * kDayMs;
  int64_t segment_jitter_ms = 0;
  int64_t segment_index_bytes = 10 * kMiB;
  int64_t index_interval_bytes = 4 * kKiB;
  int64_t message_bytes_max = kMiB + 12;
  record::TimestampType timestamp_type = record::TimestampType::kCreateTime;
  int64_t timestamp_before_max_ms = std::numeric_limits<int64_t>::max();
  int64_t timestamp_after_max_ms = kHourMs;
  FlushPolicy flush = FlushPolicy::kDisk;
  // Producers not heard of for this long are forgotten.
  int64_t producer_expiration_ms = kDayMs;

  bool operator==(const LogConfig&) const = default;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_LOG_CONFIG_H_
