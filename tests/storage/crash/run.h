// Run: one workload on a disk in memory, cut after each of its operations.
//
// What: watches what the workload changes, makes the images of that moment
//   (cuts.h) and has each one checked (invariants.h); equal images under an
//   unchanged model are checked once.
// Units: counts. Empty case: without steps nothing but the formatting is cut.
// Thread: one test. Errors: failure() is the first one, with all that is
//   needed to see it again; nothing is checked after it.
// Always true: the same options give the same images.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_RUN_H_
#define BARNABAS_TESTS_STORAGE_CRASH_RUN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/storage/crash/cuts.h"
#include "tests/storage/crash/invariants.h"
#include "tests/storage/crash/node_model.h"
#include "tests/storage/crash/tally.h"
#include "tests/storage/crash/workload.h"
#include "tests/support/fault_files.h"
#include "tests/support/watched_files.h"

namespace barnabas::crash {

struct Failure {
  Violation violation;
  ImageKind kind = ImageKind::kKilled;
  uint64_t seed = 0;
  // Up to the one that was under way.
  std::string steps;
  // Of the workload's changes to the disk; and the image, of all of the run.
  int64_t operation = 0;
  int64_t image = 0;

  std::string ToString() const;
};

struct RunOptions {
  uint64_t seed = 1;
  std::string steps;
  // Images of one operation, drawn from all; 0 takes all.
  size_t images_per_operation = 0;
  // One image of so many is cut once more while it recovers, and one of so
  // many goes on working after its checks. 0 for none.
  uint64_t second_cut_of = 0;
  uint64_t live_on_of = 16;
  // After each step the logs are looked at as they are, not as a crash leaves
  // them.
  bool look_on = false;
};

class Run {
 public:
  Run(const RunOptions& options, Tally* tally);

  // Each does nothing after a failure; an error of the storage is one.
  void Format();
  void RunSteps();
  // Gives the error of a step back and stops behind it.
  absl::Status TrySteps();
  // Whether the last step was one log's, so that the others may go on.
  bool LastStepWasALogs() const;

  // Cuts follow every operation from now on, or do not.
  void SetCutting(bool cutting) { cutting_ = cutting; }
  // From now on the disk cannot be believed in all.
  void SetDiskLied() { disk_lied_ = true; }
  // The cuts of this moment, counted as `kind` if it is given.
  void CutNow(std::optional<ImageKind> kind);
  // A failure that the caller found.
  void Fail(ImageKind kind, Violation violation);

  support::FaultFiles* files() { return &files_; }
  Workload* workload() { return &workload_; }
  NodeModel* model() { return &model_; }
  Tally* tally() { return tally_; }
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  std::vector<Cut> Draw(std::vector<Cut> cuts, size_t wanted);
  void LookOn();
  void OnOperation(support::FileAction action, const std::string& path);
  void CheckOne(ImageKind kind, std::unique_ptr<support::MemoryDisk> disk);
  void CutRecovery(std::unique_ptr<support::MemoryDisk> disk);

  // Constant after construction.
  const RunOptions options_;
  Tally* const tally_;

  // State.
  support::FaultFiles files_;
  support::WatchedFiles watched_;
  NodeModel model_;
  Workload workload_;
  std::mt19937_64 random_;
  bool cutting_ = true;
  bool opened_ = false;
  bool disk_lied_ = false;
  size_t steps_done_ = 0;
  int64_t operations_ = 0;
  int64_t images_ = 0;
  // Images that were checked under the model's version.
  struct Checked {
    std::set<uint64_t> hashes;
    uint64_t version = 0;
  };
  Checked checked_;
  std::optional<Failure> failure_;
};

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_RUN_H_
