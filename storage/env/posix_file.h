// PosixFileSystem: file.h on a real disk.
//
// What: the only place that calls POSIX for files. Interrupted calls are
//   repeated and short transfers completed here.
// Units, errors, durability: as file.h says.
// Empty case: as file.h says.
// Thread: any; it holds no state. A lock belongs to the open file, so a second
//   Lock of the same path is refused in the same process too.
// Always true: a lock file is never removed, since removing it would let two
//   processes hold "the" lock at once.
#ifndef BARNABAS_STORAGE_ENV_POSIX_FILE_H_
#define BARNABAS_STORAGE_ENV_POSIX_FILE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/env/file.h"

namespace barnabas::env {

class PosixFileSystem final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                             OpenMode mode) override;
  absl::Status CreateDirectory(const std::string& path) override;
  absl::Status RemoveFile(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status SyncDirectory(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) override;
  bool Exists(const std::string& path) override;
  bool IsDirectory(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) override;
  absl::StatusOr<Space> SpaceOf(const std::string& path) override;
};

// The status that file.h prescribes for `error` (an errno) of `operation`.
absl::Status PosixError(int error, std::string_view operation,
                        const std::string& path);

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_POSIX_FILE_H_
