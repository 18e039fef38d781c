// FlushLedger: what of a log is written and not yet synced, round by round.
//
// What: collects dirty files between two rounds of group commit, makes the
//   rounds and keeps the durable point that the last good one reached.
// Units: offsets, bytes. Empty case: nothing dirty.
// Thread: the log's writer.
// Errors: those of the files (SyncAll).
// Always true: one round at a time; the point never lies beyond what was
//   synced.
#ifndef BARNABAS_STORAGE_LOG_FLUSH_LEDGER_H_
#define BARNABAS_STORAGE_LOG_FLUSH_LEDGER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "storage/env/file.h"
#include "storage/log/durable_marks.h"
#include "storage/log/durable_point.h"
#include "storage/log/epoch_history.h"
#include "storage/log/flush_round.h"

namespace barnabas::log {

class FlushLedger {
 public:
  FlushLedger(env::FileSystem* files, std::string directory,
              std::shared_ptr<DurableMarks> marks, const DurablePoint& point);

  // Files that were written beside the active segment's.
  void AddDirty(std::vector<std::shared_ptr<env::File>> files);
  void NoteNamesChanged() { names_changed_ = true; }
  void NoteEpochsChanged() { epochs_changed_ = true; }
  void NoteAppended(int64_t bytes) { unsynced_bytes_ += bytes; }

  bool in_flight() const { return in_flight_; }
  int64_t unsynced_bytes() const { return unsynced_bytes_; }
  const DurablePoint& point() const { return point_; }
  DurableMarks& marks() { return *marks_; }
  const std::shared_ptr<DurableMarks>& shared_marks() const { return marks_; }

  // The round that makes everything up to `end` durable.
  std::unique_ptr<FlushRound> Start(const DurablePoint& end,
                                    std::shared_ptr<env::File> active,
                                    const EpochHistory& epochs);
  // Takes in a round that ran well; one from before a cut changes nothing.
  void Finish(const FlushRound& round);
  // The round that was under way failed.
  void Abandon() { in_flight_ = false; }

  // Syncs everything here and now; the point is then `end`.
  absl::Status SyncAll(const DurablePoint& end, env::File* active);

 private:
  // Constant after construction.
  env::FileSystem* const files_;
  const std::string directory_;
  const std::shared_ptr<DurableMarks> marks_;

  // State.
  DurablePoint point_;
  std::vector<std::shared_ptr<env::File>> dirty_;
  // Those of the round that is out.
  std::vector<std::shared_ptr<env::File>> under_way_;
  bool names_changed_ = false;
  bool epochs_changed_ = false;
  bool in_flight_ = false;
  int64_t unsynced_bytes_ = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_FLUSH_LEDGER_H_
