// WatchedFiles: tells after each operation that changes the disk.
//
// What: passes everything on to another FileSystem and calls `watch` after
//   every write, sync, truncation and change of names, whether it went well
//   or not: there a crash harness looks at what a power cut would leave.
// Units: as file.h says. Empty case: without a watcher nothing is told.
// Thread: that of the test; `watch` runs inside the operation's caller.
// Errors: those of the file system beneath, unchanged.
#ifndef BARNABAS_TESTS_SUPPORT_WATCHED_FILES_H_
#define BARNABAS_TESTS_SUPPORT_WATCHED_FILES_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/env/file.h"
#include "tests/support/fault_plan.h"

namespace barnabas::support {

class WatchedFiles final : public env::FileSystem {
 public:
  using Watch = std::function<void(FileAction, const std::string& path)>;

  WatchedFiles(env::FileSystem* beneath, Watch watch)
      : beneath_(beneath), watch_(std::move(watch)) {}

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

 private:
  absl::Status Tell(absl::Status status, FileAction action,
                    const std::string& path);

  env::FileSystem* const beneath_;
  const Watch watch_;
};

}  // namespace barnabas::support

#endif  // BARNABAS_TESTS_SUPPORT_WATCHED_FILES_H_
