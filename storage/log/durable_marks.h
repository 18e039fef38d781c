// DurableMarks: the files that say what of a log is durable, kept in order.
//
// What: the durable point, the leader epoch checkpoint and the end of what is
//   compacted. Flush rounds and compactions record them from their own
//   threads; the writer replaces them when it cuts the log. A cut ends the era
//   of those under way: what they would still record is about bytes that are
//   no more, and is dropped.
// Place: shared by PartitionLog, its FlushJobs and compactions; outlives them.
// Units: as in DurablePoint. Empty case: none.
// Thread: any; one mutex, held over the sync (nobody waits but rounds of this
//   log and its writer when it cuts).
// Errors: those of env::File. A disk too full for the epoch checkpoint, or a
//   shortage of descriptors, does not fail Record: the next round tries again,
//   recovery could rebuild it.
// Always true: a recorded point never lies beyond what was synced before.
#ifndef BARNABAS_STORAGE_LOG_DURABLE_MARKS_H_
#define BARNABAS_STORAGE_LOG_DURABLE_MARKS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/durable_point.h"

namespace barnabas::log {

class DurableMarks {
 public:
  // Of a log whose durable point has the round `round`.
  DurableMarks(env::FileSystem* files, std::string directory, int64_t round);

  // Counts cuts; a round takes it along when it starts.
  int64_t era() const ABSL_LOCKS_EXCLUDED(mutex_);

  // By a round of `era`: writes what is given, unless a cut came between.
  // False when `epochs` still have to be written.
  absl::StatusOr<bool> Record(int64_t era,
                              const std::optional<DurablePoint>& point,
                              const std::optional<std::string>& epochs)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // By a compaction of `era`, before it replaces segments: writes a point that
  // lies behind them, which no round goes below any more. False after a cut.
  absl::StatusOr<bool> Raise(int64_t era, const DurablePoint& point)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // By a compaction of `era`: below `end` the log is compacted. False after a
  // cut.
  absl::StatusOr<bool> RecordCleanEnd(int64_t era, Offset end)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // By the writer, before it cuts: ends the era, writes what is given.
  absl::Status Replace(const std::optional<DurablePoint>& point,
                       const std::string& epochs) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  env::FileSystem* const files_;
  const std::string directory_;

  mutable absl::Mutex mutex_;
  DurablePointFile point_ ABSL_GUARDED_BY(mutex_);
  int64_t era_ ABSL_GUARDED_BY(mutex_) = 0;
  // What compaction raised the point to: where it ends, in which segment.
  std::pair<Offset, Offset> raised_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_DURABLE_MARKS_H_
