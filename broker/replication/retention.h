// Retention: what of a log may go, by age and by size.
//
// What: closes the active segment when it is old enough, although nothing
//   comes; moves the log start past the sealed segments that retention.ms and
//   retention.bytes let go. It never passes the high watermark.
// Units: wall-clock milliseconds, bytes; -1 sets no bound.
// Empty case: an empty log keeps nothing and loses nothing.
// Thread: the log's writer. Errors: as PartitionLog::AdvanceStart.
#ifndef BARNABAS_BROKER_REPLICATION_RETENTION_H_
#define BARNABAS_BROKER_REPLICATION_RETENTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "broker/replication/partition_settings.h"
#include "proto/types/offsets.h"
#include "storage/log/partition_log.h"

namespace barnabas::broker {

absl::Status ApplyRetention(const PartitionSettings& settings, int64_t now_ms,
                            Offset high_watermark, log::PartitionLog* log);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_RETENTION_H_
