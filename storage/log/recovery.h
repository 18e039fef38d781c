// Recovery: opening a log, after a crash or a clean stop.
//
// What: brings an interrupted compaction to its end, then carries out what
//   RecoveryScan decided: keeps the cut tail aside and
//   cuts it, writes what was found above the durable point once more and
//   syncs it (a page whose write-back failed is clean in the cache and lost
//   on disk; writing makes it dirty again, S6), rebuilds indexes, restores
//   the producers, moves the durable point to the end.
// Units: offsets, bytes. Empty case: an empty directory becomes an empty log.
// Thread: one caller per directory; several directories at once.
// Errors: those of RecoveryScan, with nothing changed; DISK_FULL when the cut
//   tail cannot be kept aside; errors of the disk.
// Always true: may be interrupted anywhere and run again (S8); a log that was
//   stopped cleanly is opened without writing to its segments.
#ifndef BARNABAS_STORAGE_LOG_RECOVERY_H_
#define BARNABAS_STORAGE_LOG_RECOVERY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/clock.h"
#include "storage/env/file.h"
#include "storage/log/durable_marks.h"
#include "storage/log/durable_point.h"
#include "storage/log/epoch_history.h"
#include "storage/log/producer_window.h"
#include "storage/log/recovery_report.h"
#include "storage/log/segment_list.h"

namespace barnabas::log {

struct RecoveredLog {
  Offset log_start;
  // Not empty; the last one is active.
  SegmentList segments;
  EpochHistory epochs;
  ProducerWindow producers;
  // Below, the log is compacted; its start when that is not known.
  Offset clean_end;
  // Offsets of the producer snapshots that are there.
  std::vector<Offset> snapshots;
  // The point at the end of the log, as it is on disk.
  DurablePoint point;
  std::shared_ptr<DurableMarks> marks;
  RecoveryReport report;
};

struct RecoveryOptions {
  env::FileSystem* files = nullptr;
  const env::Clock* clock = nullptr;
  std::string directory;
  int64_t index_interval_bytes = 0;
  // Goes to the report.
  bool clean = false;
};

absl::StatusOr<RecoveredLog> Recover(const RecoveryOptions& options);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_RECOVERY_H_
