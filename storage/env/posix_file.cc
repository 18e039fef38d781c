#include "storage/env/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"

namespace barnabas::env {
namespace {

constexpr size_t kPartsPerCall = IOV_MAX < 1024 ? IOV_MAX : 1024;
constexpr mode_t kFileMode = 0640;
constexpr mode_t kDirectoryMode = 0750;

// Repeats `call` while a signal interrupts it.
template <typename Call>
auto Uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// Closes what it holds. Errors of close are ignored: what had to be durable
// was synced before, and Linux has closed the descriptor either way.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::StatusOr<Descriptor> OpenDescriptor(const std::string& path, int flags) {
  const int fd = Uninterrupted(
      [&] { return open(path.c_str(), flags | O_CLOEXEC, kFileMode); });
  if (fd < 0) return PosixError(errno, "open", path);
  return Descriptor(fd);
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor fd, std::string path)
      : fd_(std::move(fd)), path_(std::move(path)) {}

  absl::StatusOr<size_t> ReadAt(int64_t position, size_t size,
                                char* buffer) const override {
    size_t done = 0;
    while (done < size) {
      const ssize_t got = Uninterrupted([&] {
        return pread(fd_.get(), buffer + done, size - done,
                     position + static_cast<int64_t>(done));
      });
      if (got < 0) return PosixError(errno, "read", path_);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

  absl::Status WriteAt(int64_t position,
                       absl::Span<const std::string_view> parts) override {
    size_t next = 0;
    // Bytes of parts[next] that are written already.
    size_t skip = 0;
    std::array<iovec, kPartsPerCall> vectors;
    while (true) {
      size_t count = 0;
      for (size_t i = next; i < parts.size() && count < kPartsPerCall; ++i) {
        const std::string_view part = parts[i].substr(i == next ? skip : 0);
        vectors[count++] = {const_cast<char*>(part.data()), part.size()};
      }
      while (count > 0 && vectors[count - 1].iov_len == 0) --count;
      if (count == 0) {
        // Only empty parts were left in this window.
        next += kPartsPerCall;
        skip = 0;
        if (next >= parts.size()) return absl::OkStatus();
        continue;
      }
      const ssize_t wrote = Uninterrupted([&] {
        return pwritev(fd_.get(), vectors.data(), static_cast<int>(count),
                       position);
      });
      if (wrote < 0) return PosixError(errno, "write", path_);
      if (wrote == 0) return PosixError(EIO, "write (nothing taken)", path_);
      position += wrote;
      skip += static_cast<size_t>(wrote);
      while (next < parts.size() && skip >= parts[next].size()) {
        skip -= parts[next++].size();
      }
    }
  }

  absl::Status Sync() override {
    if (Uninterrupted([&] { return fdatasync(fd_.get()); }) != 0) {
      return PosixError(errno, "sync", path_);
    }
    return absl::OkStatus();
  }

  absl::Status Truncate(int64_t size) override {
    if (Uninterrupted([&] { return ftruncate(fd_.get(), size); }) != 0) {
      return PosixError(errno, "truncate", path_);
    }
    return absl::OkStatus();
  }

  absl::Status Allocate(int64_t size) override {
    if (size <= 0) return absl::OkStatus();
    const int result = Uninterrupted(
        [&] { return fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, size); });
    if (result == 0 || errno == EOPNOTSUPP || errno == ENOSYS) {
      return absl::OkStatus();
    }
    return PosixError(errno, "allocate", path_);
  }

  absl::StatusOr<int64_t> Size() const override {
    struct stat status;
    if (fstat(fd_.get(), &status) != 0) {
      return PosixError(errno, "stat", path_);
    }
    return status.st_size;
  }

  const std::string& path() const override { return path_; }

 private:
  const Descriptor fd_;
  const std::string path_;
};

class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  const Descriptor fd_;
};

int FlagsOf(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT;
    case OpenMode::kCreateNew:
      return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::kTruncate:
      return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

// What a lock file says about its holder: "process 123" or "another process".
std::string HolderOf(int fd) {
  char text[24];
  const ssize_t got = pread(fd, text, sizeof(text), 0);
  std::string digits;
  for (ssize_t i = 0; i < got && text[i] >= '0' && text[i] <= '9'; ++i) {
    digits.push_back(text[i]);
  }
  return digits.empty() ? "another process" : "process " + digits;
}

}  // namespace

absl::Status PosixError(int error, std::string_view operation,
                        const std::string& path) {
  const std::string text =
      absl::StrCat("cannot ", AsAbsl(operation), " ", path, ": ",
                   strerrordesc_np(error), " (", strerrorname_np(error), ")");
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(text);
    case ENOSPC:
    case EDQUOT:
      return MakeError(ErrorCode::kDiskFull, text,
                       "free space on this file system");
    case EMFILE:
    case ENFILE:
      return MakeError(ErrorCode::kLimitExceeded, text,
                       "raise the limit of open files (ulimit -n, LimitNOFILE) "
                       "or hold fewer partitions and segments here");
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOTDIR:
      return MakeError(ErrorCode::kDirectoryUnusable, text,
                       "give this user read and write access to the path");
    default:
      return MakeError(ErrorCode::kStorageError, text,
                       "look at the kernel's log for errors of this disk");
  }
}

absl::StatusOr<std::unique_ptr<File>> PosixFileSystem::Open(
    const std::string& path, OpenMode mode) {
  ASSIGN_OR_RETURN(Descriptor fd, OpenDescriptor(path, FlagsOf(mode)));
  return std::make_unique<PosixFile>(std::move(fd), path);
}

absl::Status PosixFileSystem::CreateDirectory(const std::string& path) {
  if (mkdir(path.c_str(), kDirectoryMode) == 0) return absl::OkStatus();
  const int error = errno;
  if (error != EEXIST) return PosixError(error, "create directory", path);
  if (IsDirectory(path)) return absl::OkStatus();
  return PosixError(ENOTDIR, "create directory", path);
}

absl::Status PosixFileSystem::RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) != 0) return PosixError(errno, "remove", path);
  return absl::OkStatus();
}

absl::Status PosixFileSystem::RemoveDirectory(const std::string& path) {
  if (rmdir(path.c_str()) != 0) {
    return PosixError(errno, "remove directory", path);
  }
  return absl::OkStatus();
}

absl::Status PosixFileSystem::Rename(const std::string& from,
                                     const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) {
    return PosixError(errno, "rename to " + to, from);
  }
  return absl::OkStatus();
}

absl::Status PosixFileSystem::SyncDirectory(const std::string& path) {
  ASSIGN_OR_RETURN(const Descriptor fd,
                   OpenDescriptor(path, O_RDONLY | O_DIRECTORY));
  if (Uninterrupted([&] { return fsync(fd.get()); }) != 0) {
    return PosixError(errno, "sync directory", path);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> PosixFileSystem::List(
    const std::string& path) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return PosixError(errno, "list", path);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int error = errno;
  closedir(directory);
  if (error != 0) return PosixError(error, "list", path);
  std::sort(names.begin(), names.end());
  return names;
}

bool PosixFileSystem::Exists(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0;
}

bool PosixFileSystem::IsDirectory(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

absl::StatusOr<std::unique_ptr<FileLock>> PosixFileSystem::Lock(
    const std::string& path) {
  ASSIGN_OR_RETURN(Descriptor fd, OpenDescriptor(path, O_RDWR | O_CREAT));
  if (Uninterrupted([&] { return flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) return PosixError(errno, "lock", path);
    return MakeError(
        ErrorCode::kDirectoryLocked,
        absl::StrCat(path, " is locked by ", HolderOf(fd.get())),
        "stop that process, or give this one a directory of its own");
  }
  // The id is for people only; a lock whose id could not be written holds.
  const std::string id = absl::StrCat(getpid(), "\n");
  if (ftruncate(fd.get(), 0) == 0) {
    static_cast<void>(Uninterrupted(
        [&] { return pwrite(fd.get(), id.data(), id.size(), 0); }));
  }
  return std::make_unique<PosixFileLock>(std::move(fd));
}

absl::StatusOr<FileSystem::Space> PosixFileSystem::SpaceOf(
    const std::string& path) {
  struct statvfs status;
  if (Uninterrupted([&] { return statvfs(path.c_str(), &status); }) != 0) {
    return PosixError(errno, "ask for the space of", path);
  }
  const int64_t block = static_cast<int64_t>(status.f_frsize);
  return Space{static_cast<int64_t>(status.f_blocks) * block,
               static_cast<int64_t>(status.f_bavail) * block};
}

}  // namespace barnabas::env
