// FaultFiles: a FileSystem in memory with faults on demand.
//
// What: file.h over a MemoryDisk, asking a FaultPlan before each operation.
//   A write that fails has written its first half; a sync that fails loses
//   what it should have made durable (S6); Crash gives the disk that a power
//   cut would have left.
// Units, errors: as file.h says. Empty case: a new one holds the root only.
// Thread: any; one mutex. A Crash must not run beside operations whose result
//   the test relies on.
// Always true: open files keep working on a removed name, as POSIX has it;
//   locks go with their holders and with a crash.
#ifndef BARNABAS_TESTS_SUPPORT_FAULT_FILES_H_
#define BARNABAS_TESTS_SUPPORT_FAULT_FILES_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/env/file.h"
#include "tests/support/fault_plan.h"
#include "tests/support/memory_disk.h"

namespace barnabas::support {

class FaultFiles final : public env::FileSystem {
 public:
  FaultFiles();
  explicit FaultFiles(std::unique_ptr<MemoryDisk> disk);

  // What fails, and what was done. Set rules while nothing runs.
  FaultPlan* plan() { return &state_->plan; }

  // The disk after a power cut now; `seed` decides what survives of all that
  // was not synced. This one goes on as if nothing had happened.
  std::unique_ptr<FaultFiles> Crash(uint64_t seed) const;

  // Look at it while nothing runs.
  const MemoryDisk& disk() const { return *state_->disk; }

  // Flips bits of one byte, seen and durable; CHECK if it does not exist.
  void FlipBits(const std::string& path, int64_t position, uint8_t mask);

  absl::StatusOr<std::unique_ptr<env::File>> Open(const std::string& path,
                                                  env::OpenMode mode) override;
  absl::Status CreateDirectory(const std::string& path) override;
  absl::Status RemoveFile(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status SyncDirectory(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) override;
  bool Exists(const std::string& path) override;
  bool IsDirectory(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<env::FileLock>> Lock(
      const std::string& path) override;
  absl::StatusOr<Space> SpaceOf(const std::string& path) override;

  // Shared with open files; tests use the methods above.
  struct State {
    std::mutex mutex;
    FaultPlan plan;
    std::unique_ptr<MemoryDisk> disk;
  };

 private:
  // Runs `change` (errno) if the plan lets it.
  template <typename Change>
  absl::Status Do(FileAction action, const std::string& path, Change change);

  const std::shared_ptr<State> state_;
};

}  // namespace barnabas::support

#endif  // BARNABAS_TESTS_SUPPORT_FAULT_FILES_H_
