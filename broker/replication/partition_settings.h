// PartitionSettings: what one partition obeys, out of the topic's and the
// broker's effective settings.
//
// Units: in the names. Empty case: the defaults of config.proto.
// Thread: a plain value. Errors: none; bounds were checked when settings were
// committed.
#ifndef BARNABAS_BROKER_REPLICATION_PARTITION_SETTINGS_H_
#define BARNABAS_BROKER_REPLICATION_PARTITION_SETTINGS_H_

#include <cstdint>

#include "proto/types/units.h"
#include "storage/log/log_config.h"

namespace barnabas::broker {

struct PartitionSettings {
  log::LogConfig log;
  int32_t min_insync_replicas = 1;
  // -1: for ever.
  int64_t retention_ms = 7 * kDayMs;
  // -1: no bound.
  int64_t retention_bytes = -1;
  // Background sync of flush=os.
  int64_t flush_interval_ms = kSecondMs;
  int64_t flush_interval_bytes = 64 * kMiB;

  bool operator==(const PartitionSettings&) const = default;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_PARTITION_SETTINGS_H_
