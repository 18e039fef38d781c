// PublishedLog: what of a log its readers see, and where it stands.
//
// What: the segments, the epochs, the facts, and the era: positions in files
//   that a reader remembers are good for one era; cuts and compactions end it.
// Units: offsets, bytes. Empty case: none; a log has a segment.
// Thread: the writer changes it, any thread reads. One mutex, held for
//   moments.
// Errors: of SnapshotFor: as LogReader::ReadableEnd.
// Always true: what is published was written before.
#ifndef BARNABAS_STORAGE_LOG_PUBLISHED_LOG_H_
#define BARNABAS_STORAGE_LOG_PUBLISHED_LOG_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "proto/types/offsets.h"
#include "storage/log/epoch_history.h"
#include "storage/log/log_reader.h"
#include "storage/log/partition_log.h"
#include "storage/log/recovery.h"
#include "storage/log/segment_list.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

class PublishedLog {
 public:
  using Facts = PartitionLog::Facts;

  PublishedLog(std::string directory, const RecoveredLog& recovered);

  Facts facts() const ABSL_LOCKS_EXCLUDED(mutex_);
  SegmentList segments() const ABSL_LOCKS_EXCLUDED(mutex_);
  EpochHistory epochs() const ABSL_LOCKS_EXCLUDED(mutex_);
  std::optional<std::pair<LeaderEpoch, Offset>> EndOfEpoch(
      LeaderEpoch epoch) const ABSL_LOCKS_EXCLUDED(mutex_);
  // What a reader that begins at `from` may see.
  absl::StatusOr<LogReader::Snapshot> SnapshotFor(Offset from) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Counts that change beside the segments.
  struct Counts {
    int64_t unsynced_bytes = 0;
    int32_t producers = 0;
  };
  // A batch was appended. True when it began an epoch.
  bool Append(const record::BatchHeader& header, const Counts& counts)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The log is made of these segments now and goes from `start` to `end`.
  void Publish(SegmentList segments, Offset start, Offset end,
               const Counts& counts) ABSL_LOCKS_EXCLUDED(mutex_);
  void SetDurable(Offset end, int64_t unsynced_bytes)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void SetFailed() ABSL_LOCKS_EXCLUDED(mutex_);
  // Cuts the epochs to [start, end). True when that changed them.
  bool CutEpochs(Offset start, Offset end) ABSL_LOCKS_EXCLUDED(mutex_);
  void SetEpochs(EpochHistory epochs) ABSL_LOCKS_EXCLUDED(mutex_);
  // Positions in files are others from now on.
  void EndEra() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const std::string directory_;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const SegmentList> segments_ ABSL_GUARDED_BY(mutex_);
  EpochHistory epochs_ ABSL_GUARDED_BY(mutex_);
  Facts facts_ ABSL_GUARDED_BY(mutex_);
  int64_t era_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_PUBLISHED_LOG_H_
