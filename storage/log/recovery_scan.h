// RecoveryScan: what a log's directory holds, judged without changing it.
//
// What: the first half of opening a log. Reads the marks, opens the segments,
//   checks every batch above the durable point and decides what is kept and
//   what is cut; Recover (recovery.h) then carries it out. A refusal leaves
//   the disk as it was.
// Units: offsets, bytes. Empty case: an empty directory is a plan without
//   segments that begins at 0.
// Thread: one caller; several logs at once.
// Errors: CORRUPT_LOG naming file and position for damage at or below the
//   durable point (S3); errors of the disk as they are: a batch that cannot
//   be read is not cut.
// Always true: kept segments follow each other without a gap; everything at or
//   below the durable point is kept (S1).
#ifndef BARNABAS_STORAGE_LOG_RECOVERY_SCAN_H_
#define BARNABAS_STORAGE_LOG_RECOVERY_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/durable_point.h"
#include "storage/log/epoch_history.h"
#include "storage/log/log_files.h"
#include "storage/log/segment_list.h"

namespace barnabas::log {

struct RecoveryPlan {
  LogFiles listing;
  Offset log_start;
  // Kept, with what they hold adopted; the last one is active, those below
  // the durable point are sealed.
  SegmentList segments;
  // Bases of segments that lie below the log's start.
  std::vector<Offset> obsolete;
  // Bases of segments behind the first bad batch.
  std::vector<Offset> beyond;
  // The file of the last kept segment ends here in truth, its tail is bad.
  std::optional<int64_t> cut_file_bytes;
  // Why something is cut; empty when nothing is.
  std::string cut_reason;

  // The durable point that was found; nullopt when there is no file.
  std::optional<DurablePoint> found_point;
  // Compaction was at work: between offsets there may be gaps.
  bool compacted = false;
  // Offsets at or above were scanned.
  Offset trusted_end;
  // In segments[first] from `position` on, then the segments behind it.
  struct Scanned {
    size_t first = 0;
    int64_t position = 0;
    int64_t bytes = 0;
  };
  Scanned scanned;

  EpochHistory epochs;
  bool epochs_changed = false;
  // Sealed segments below the point whose indexes must be written anew.
  std::set<size_t> rebuilt;
  int32_t indexes_rebuilt = 0;

  Offset end() const {
    return segments.empty() ? log_start : segments.back()->next();
  }
};

class RecoveryScan {
 public:
  RecoveryScan(env::FileSystem* files, std::string directory,
               int64_t index_interval_bytes, int64_t now_ms);

  absl::StatusOr<RecoveryPlan> Run();

 private:
  absl::Status ReadMarks();
  // Sorts out what lies below the log's start; sets point_.
  absl::Status ChooseSegments();
  absl::Status OpenTrusted(size_t i);
  // Judges the indexes of a sealed segment: the last time entry if they fit.
  absl::StatusOr<TimeEntry> CheckSealed(const Segment& segment, int64_t size,
                                        Offset next) const;
  absl::Status OpenAtPoint(Segment* segment);
  absl::Status CheckTail(const Segment& segment) const;
  absl::Status ScanFrom(size_t i);
  // True when the segment was sound to its end.
  absl::StatusOr<bool> ScanSegment(Segment* segment);
  absl::Status RestoreEpochs();
  absl::StatusOr<bool> EpochsMatch(const EpochHistory& history) const;
  // The header of the batch that holds `offset`.
  absl::StatusOr<record::BatchHeader> HeaderOf(Offset offset) const;
  absl::StatusOr<std::shared_ptr<Segment>> Open(Offset base) const;

  // Constant after construction.
  env::FileSystem* const files_;
  const std::string directory_;
  const int64_t index_interval_bytes_;
  const int64_t now_ms_;

  // State.
  RecoveryPlan plan_;
  DurablePoint point_;
  std::optional<EpochHistory> stored_epochs_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_RECOVERY_SCAN_H_
