// FlushRound: one round of group commit, the FlushJob of a PartitionLog.
//
// What: syncs the files that were written since the last round, and persists
//   the durable point of the round before (README 31).
// Units: offsets, bytes. Empty case: none; a round has something to sync.
// Thread: made and finished on the writer; Run on any thread, once.
// Errors: Run fails with the first failed sync; the log is failed then (S6).
// Always true: what the round claims durable was written before it began.
#ifndef BARNABAS_STORAGE_LOG_FLUSH_ROUND_H_
#define BARNABAS_STORAGE_LOG_FLUSH_ROUND_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "storage/env/file.h"
#include "storage/log/durable_marks.h"
#include "storage/log/durable_point.h"
#include "storage/log/partition_log.h"

namespace barnabas::log {

class FlushRound : public FlushJob {
 public:
  struct Work {
    // Where the log ends with this round.
    DurablePoint point;
    // Appended bytes that the round makes durable.
    int64_t bytes = 0;
    std::vector<std::shared_ptr<env::File>> dirty;
    // Names were made or removed in `directory`.
    bool names_changed = false;
    std::string directory;
    env::FileSystem* files = nullptr;
    std::shared_ptr<DurableMarks> marks;
    int64_t era = 0;
    // The point of the round before.
    std::optional<DurablePoint> before;
    std::optional<std::string> epochs;
  };

  explicit FlushRound(Work work) : work_(std::move(work)) {}

  absl::Status Run() override;
  Offset end() const override { return work_.point.end; }

  const Work& work() const { return work_; }
  // After Run: whether the epochs reached their file.
  bool epochs_recorded() const { return epochs_recorded_; }

 private:
  const Work work_;
  bool epochs_recorded_ = false;
};

// What StartFlush gives when the log can flush no more: Run only says why.
class RefusedFlush : public FlushJob {
 public:
  RefusedFlush(absl::Status why, Offset end)
      : why_(std::move(why)), end_(end) {}

  absl::Status Run() override { return why_; }
  Offset end() const override { return end_; }

 private:
  const absl::Status why_;
  const Offset end_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_FLUSH_ROUND_H_
