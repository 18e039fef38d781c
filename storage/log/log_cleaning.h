// LogCleaning: what is done to a log besides writing and reading it:
// compaction, closing a segment, removing the files of segments that went.
//
// What: the second face of a PartitionLog. A compaction is a job of many short
//   runs. The caller gives StartCompaction's job to a worker (Run), then to
//   the writer (AdvanceCompaction), and again, until it is over; between runs
//   it waits as long as it wants to throttle:
//     job = StartCompaction(request)             writer; null: nothing to do
//     do ran = job->Run()                        any thread, blocks
//     while !AdvanceCompaction(job, ran)         writer; true: over
// Units: offsets, bytes, wall-clock milliseconds.
// Empty case: a log of one segment has nothing to compact.
// Thread: as noted; one job of a log at a time. A job that is dropped before
//   it is over leaves files that the next job or opening removes.
// Errors: CORRUPT_RECORD naming file and position: the log is left as it was.
//   DISK_FULL the same: a pass needs room for one segment. STORAGE_ERROR when
//   names could not be changed: the log is failed then. OVERLOADED when the
//   log was cut meanwhile: start again.
// Always true: offsets never change (P14); a reader goes on with what it has
//   open; a crash at any moment leaves the old segments or the new one.
#ifndef BARNABAS_STORAGE_LOG_LOG_CLEANING_H_
#define BARNABAS_STORAGE_LOG_LOG_CLEANING_H_

#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "proto/types/units.h"
#include "storage/log/compaction_filter.h"
#include "storage/log/compaction_plan.h"
#include "storage/log/key_hash.h"

namespace barnabas::log {

struct CompactionRequest {
  // Records at or beyond stay as they are (the high watermark).
  Offset limit;
  // For the keys of the dirty part.
  int64_t memory_bytes_max = 128 * kMiB;
  // What one run reads at most, a batch more or less.
  int64_t run_bytes_max = 4 * kMiB;
  HashSecret secret = {};
};

struct CompactionReport {
  // What was there when it began.
  CompactionRange range;
  CompactionCounts counts;
  // Of the segments that were rewritten.
  int64_t bytes_before = 0;
  int64_t bytes_after = 0;
  int64_t bytes_read = 0;
  // Below, the log is compacted now. Before range.end when memory did not
  // suffice for all keys: another pass goes on from there.
  Offset clean_end;
};

class CompactionJob {
 public:
  virtual ~CompactionJob() = default;

  virtual absl::Status Run() = 0;
  // What the last run read and wrote.
  virtual int64_t run_bytes() const = 0;
  virtual const CompactionReport& report() const = 0;
};

enum class RollWhen {
  kAlways,
  // When the active segment is older than segment.ms.
  kIfAged,
};

class LogCleaning {
 public:
  virtual ~LogCleaning() = default;

  // What a pass would take on now. On the writer.
  virtual CompactionRange Outlook(Offset limit) const = 0;
  virtual absl::StatusOr<std::unique_ptr<CompactionJob>> StartCompaction(
      const CompactionRequest& request) = 0;
  virtual absl::StatusOr<bool> AdvanceCompaction(CompactionJob* job,
                                                 const absl::Status& ran) = 0;

  // Closes the active segment unless it is empty. The offset below which all
  // segments are closed; they can be compacted once that is durable.
  virtual absl::StatusOr<Offset> RollActive(RollWhen when) = 0;

  // Removes the files of segments that went file_delete_delay_ms ago; to be
  // run on any thread. Null when there is none. On the writer.
  virtual absl::AnyInvocable<void()> TakeDeleted() = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_LOG_CLEANING_H_
