// File and FileSystem: everything that Barnabas asks of a disk.
//
// What: a thin, virtual face of POSIX, so that tests can put a disk beneath
//   it that forgets what was not synced, tears, flips, fills up and fails.
// Units: positions and sizes are bytes; paths are absolute or relative to the
//   working directory and use '/'.
// Empty case: a new file has size 0; reading at its end gives 0 bytes.
// Thread: one writer per file; ReadAt and Sync may run beside it.
// Errors: DISK_FULL (ENOSPC, EDQUOT), DIRECTORY_UNUSABLE (EACCES, EROFS, not
//   a directory), absl NotFound (ENOENT), else STORAGE_ERROR; the text names
//   path, operation and errno. EINTR and short transfers are dealt with here.
// Durability: WriteAt is in the page cache when it returns; only Sync makes it
//   durable. A created, renamed or removed name is durable only after
//   SyncDirectory of its parent. After a failed Sync, nothing that was written
//   since the last good one may ever be counted as durable (S6).
#ifndef BARNABAS_STORAGE_ENV_FILE_H_
#define BARNABAS_STORAGE_ENV_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace barnabas::env {

// One open file.
class File {
 public:
  virtual ~File() = default;

  // Reads up to `size` bytes at `position` into `buffer`; fewer only at the
  // end of the file. Returns how many.
  virtual absl::StatusOr<size_t> ReadAt(int64_t position, size_t size,
                                        char* buffer) const = 0;

  // Writes all `parts` one after the other from `position` on. On an error
  // any prefix may have been written.
  virtual absl::Status WriteAt(int64_t position,
                               absl::Span<const std::string_view> parts) = 0;

  // Makes all written bytes and the size durable (fdatasync).
  virtual absl::Status Sync() = 0;

  // Cuts or extends (with zeros) to `size`.
  virtual absl::Status Truncate(int64_t size) = 0;

  // Reserves blocks for [0, size) without changing the file's size. A file
  // system that cannot do this answers OK.
  virtual absl::Status Allocate(int64_t size) = 0;

  virtual absl::StatusOr<int64_t> Size() const = 0;

  // For messages.
  virtual const std::string& path() const = 0;
};

// Held while it lives.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode {
  // Must exist; not writable.
  kRead,
  // Must exist.
  kReadWrite,
  // Made if absent, kept if present.
  kCreate,
  // Must not exist.
  kCreateNew,
  // Made if absent, emptied if present.
  kTruncate,
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                                     OpenMode mode) = 0;

  // Makes the directory; OK if it is there. The parent must exist.
  virtual absl::Status CreateDirectory(const std::string& path) = 0;
  virtual absl::Status RemoveFile(const std::string& path) = 0;
  // Removes an empty directory.
  virtual absl::Status RemoveDirectory(const std::string& path) = 0;
  // Replaces `to` in one step.
  virtual absl::Status Rename(const std::string& from,
                              const std::string& to) = 0;
  // Makes the names inside `path` durable.
  virtual absl::Status SyncDirectory(const std::string& path) = 0;

  // Names (not paths) inside a directory, sorted, without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) = 0;
  virtual bool Exists(const std::string& path) = 0;
  virtual bool IsDirectory(const std::string& path) = 0;

  // Takes an exclusive lock, not waiting. DIRECTORY_LOCKED if another holds it;
  // the text names the holder's process id when it can be told.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) = 0;

  struct Space {
    int64_t total_bytes = 0;
    int64_t free_bytes = 0;
  };
  virtual absl::StatusOr<Space> SpaceOf(const std::string& path) = 0;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_FILE_H_
