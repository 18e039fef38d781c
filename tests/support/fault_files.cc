#include "tests/support/fault_files.h"

#include <glog/logging.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/posix_file.h"

namespace barnabas::support {
namespace {

using State = FaultFiles::State;

// What SpaceOf tells without a capacity.
constexpr int64_t kPlentyBytes = int64_t{1} << 40;

// The name of `action` in messages.
std::string_view NameOf(FileAction action) {
  switch (action) {
    case FileAction::kOpen:
      return "open";
    case FileAction::kRead:
      return "read";
    case FileAction::kWrite:
      return "write";
    case FileAction::kSync:
      return "sync";
    case FileAction::kTruncate:
      return "truncate";
    case FileAction::kAllocate:
      return "allocate";
    case FileAction::kCreateDirectory:
      return "create directory";
    case FileAction::kRemove:
      return "remove";
    case FileAction::kRename:
      return "rename";
    case FileAction::kSyncDirectory:
      return "sync directory";
    case FileAction::kList:
      return "list";
    case FileAction::kLock:
      return "lock";
  }
  return "use";
}

absl::Status ErrorOf(int error, FileAction action, const std::string& path) {
  if (error == 0) return absl::OkStatus();
  return env::PosixError(error, NameOf(action), path);
}

class FaultFile final : public env::File {
 public:
  FaultFile(std::shared_ptr<State> state, MemoryDisk::NodePtr node,
            std::string path, bool writable)
      : state_(std::move(state)),
        node_(std::move(node)),
        path_(std::move(path)),
        writable_(writable) {}

  absl::StatusOr<size_t> ReadAt(int64_t position, size_t size,
                                char* buffer) const override {
    std::lock_guard lock(state_->mutex);
    RETURN_IF_ERROR(Check(FileAction::kRead, position, size));
    if (position < 0) return ErrorOf(EINVAL, FileAction::kRead, path_);
    const size_t at =
        std::min(static_cast<size_t>(position), node_->bytes.size());
    const size_t got = std::min(size, node_->bytes.size() - at);
    std::memcpy(buffer, node_->bytes.data() + at, got);
    return got;
  }

  absl::Status WriteAt(int64_t position,
                       absl::Span<const std::string_view> parts) override {
    std::string bytes;
    for (std::string_view part : parts) bytes.append(part);
    std::lock_guard lock(state_->mutex);
    if (!writable_) return ErrorOf(EBADF, FileAction::kWrite, path_);
    const bool was_dead = state_->plan.dead();
    const absl::Status checked =
        Check(FileAction::kWrite, position, bytes.size());
    if (!checked.ok()) {
      // The worst that can be: some of it is there.
      if (!was_dead) Put(position, bytes.substr(0, bytes.size() / 2));
      return checked;
    }
    if (Put(position, bytes)) return absl::OkStatus();
    return ErrorOf(ENOSPC, FileAction::kWrite, path_);
  }

  absl::Status Sync() override {
    std::lock_guard lock(state_->mutex);
    const bool was_dead = state_->plan.dead();
    const absl::Status checked = Check(FileAction::kSync, 0, 0);
    if (checked.ok()) {
      MemoryDisk::Sync(node_.get());
    } else if (!was_dead) {
      MemoryDisk::LoseUnsynced(node_.get());
    }
    return checked;
  }

  absl::Status Truncate(int64_t size) override {
    std::lock_guard lock(state_->mutex);
    if (!writable_) return ErrorOf(EBADF, FileAction::kTruncate, path_);
    RETURN_IF_ERROR(Check(FileAction::kTruncate, size, 0));
    if (size < 0) return ErrorOf(EINVAL, FileAction::kTruncate, path_);
    MemoryDisk::Truncate(node_.get(), size);
    return absl::OkStatus();
  }

  absl::Status Allocate(int64_t size) override {
    std::lock_guard lock(state_->mutex);
    RETURN_IF_ERROR(Check(FileAction::kAllocate, size, 0));
    const int64_t more = size - Held();
    if (more > Free()) return ErrorOf(ENOSPC, FileAction::kAllocate, path_);
    node_->reserved_bytes = std::max(node_->reserved_bytes, size);
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> Size() const override {
    std::lock_guard lock(state_->mutex);
    return static_cast<int64_t>(node_->bytes.size());
  }

  const std::string& path() const override { return path_; }

 private:
  absl::Status Check(FileAction action, int64_t position, size_t bytes) const {
    return ErrorOf(state_->plan.Check(FileOperation{
                       action, path_, position, static_cast<int64_t>(bytes)}),
                   action, path_);
  }

  int64_t Held() const {
    return std::max(static_cast<int64_t>(node_->bytes.size()),
                    node_->reserved_bytes);
  }

  int64_t Free() const {
    const auto capacity = state_->plan.capacity_bytes();
    if (!capacity.has_value()) return std::numeric_limits<int64_t>::max();
    return std::max<int64_t>(0, *capacity - state_->disk->UsedBytes());
  }

  // Writes as much as there is room for; false if that is not all.
  bool Put(int64_t position, std::string_view bytes) {
    const int64_t end = position + static_cast<int64_t>(bytes.size());
    const int64_t more = end - Held();
    const int64_t missing = more > Free() ? more - Free() : 0;
    const size_t fits =
        bytes.size() - std::min(bytes.size(), static_cast<size_t>(missing));
    MemoryDisk::Write(node_.get(), position, bytes.substr(0, fits));
    return fits == bytes.size();
  }

  const std::shared_ptr<State> state_;
  const MemoryDisk::NodePtr node_;
  const std::string path_;
  const bool writable_;
};

class FaultLock final : public env::FileLock {
 public:
  FaultLock(std::shared_ptr<State> state, MemoryDisk::NodePtr node)
      : state_(std::move(state)), node_(std::move(node)) {}
  ~FaultLock() override {
    std::lock_guard lock(state_->mutex);
    node_->locked = false;
  }

 private:
  const std::shared_ptr<State> state_;
  const MemoryDisk::NodePtr node_;
};

}  // namespace

FaultFiles::FaultFiles() : FaultFiles(std::make_unique<MemoryDisk>()) {}

FaultFiles::FaultFiles(std::unique_ptr<MemoryDisk> disk)
    : state_(std::make_shared<State>()) {
  state_->disk = std::move(disk);
}

std::unique_ptr<FaultFiles> FaultFiles::Crash(uint64_t seed) const {
  std::lock_guard lock(state_->mutex);
  return std::unique_ptr<FaultFiles>(
      new FaultFiles(state_->disk->AfterPowerCut(seed)));
}

void FaultFiles::FlipBits(const std::string& path, int64_t position,
                          uint8_t mask) {
  std::lock_guard lock(state_->mutex);
  const MemoryDisk::NodePtr node = state_->disk->Find(path);
  CHECK(node != nullptr && MemoryDisk::Flip(node.get(), position, mask))
      << path << " has no byte " << position;
}

template <typename Change>
absl::Status FaultFiles::Do(FileAction action, const std::string& path,
                            Change change) {
  std::lock_guard lock(state_->mutex);
  int error = state_->plan.Check(FileOperation{action, path, 0, 0});
  if (error == 0) error = change(state_->disk.get());
  return ErrorOf(error, action, path);
}

absl::StatusOr<std::unique_ptr<env::File>> FaultFiles::Open(
    const std::string& path, env::OpenMode mode) {
  MemoryDisk::NodePtr node;
  RETURN_IF_ERROR(Do(FileAction::kOpen, path, [&](MemoryDisk* disk) {
    node = disk->Find(path);
    const bool must_exist =
        mode == env::OpenMode::kRead || mode == env::OpenMode::kReadWrite;
    if (node == nullptr) {
      if (must_exist) return ENOENT;
      const int error = disk->Make(path, /*is_directory=*/false);
      node = disk->Find(path);
      return error;
    }
    if (mode == env::OpenMode::kCreateNew) return EEXIST;
    if (node->is_directory && mode != env::OpenMode::kRead) return EISDIR;
    if (mode == env::OpenMode::kTruncate) MemoryDisk::Truncate(node.get(), 0);
    return 0;
  }));
  return std::make_unique<FaultFile>(state_, std::move(node), path,
                                     mode != env::OpenMode::kRead);
}

absl::Status FaultFiles::CreateDirectory(const std::string& path) {
  return Do(FileAction::kCreateDirectory, path, [&](MemoryDisk* disk) {
    const MemoryDisk::NodePtr node = disk->Find(path);
    if (node != nullptr) return node->is_directory ? 0 : ENOTDIR;
    return disk->Make(path, /*is_directory=*/true);
  });
}

absl::Status FaultFiles::RemoveFile(const std::string& path) {
  return Do(FileAction::kRemove, path, [&](MemoryDisk* disk) {
    return disk->Remove(path, /*is_directory=*/false);
  });
}

absl::Status FaultFiles::RemoveDirectory(const std::string& path) {
  return Do(FileAction::kRemove, path, [&](MemoryDisk* disk) {
    return disk->Remove(path, /*is_directory=*/true);
  });
}

absl::Status FaultFiles::Rename(const std::string& from,
                                const std::string& to) {
  return Do(FileAction::kRename, from,
            [&](MemoryDisk* disk) { return disk->Rename(from, to); });
}

absl::Status FaultFiles::SyncDirectory(const std::string& path) {
  return Do(FileAction::kSyncDirectory, path,
            [&](MemoryDisk* disk) { return disk->SyncNames(path); });
}

absl::StatusOr<std::vector<std::string>> FaultFiles::List(
    const std::string& path) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(Do(FileAction::kList, path, [&](MemoryDisk* disk) {
    const MemoryDisk::NodePtr node = disk->Find(path);
    if (node == nullptr) return ENOENT;
    if (!node->is_directory) return ENOTDIR;
    for (const auto& [name, child] : node->names) names.push_back(name);
    return 0;
  }));
  return names;
}

bool FaultFiles::Exists(const std::string& path) {
  std::lock_guard lock(state_->mutex);
  return state_->disk->Find(path) != nullptr;
}

bool FaultFiles::IsDirectory(const std::string& path) {
  std::lock_guard lock(state_->mutex);
  const MemoryDisk::NodePtr node = state_->disk->Find(path);
  return node != nullptr && node->is_directory;
}

absl::StatusOr<std::unique_ptr<env::FileLock>> FaultFiles::Lock(
    const std::string& path) {
  MemoryDisk::NodePtr node;
  bool taken = false;
  RETURN_IF_ERROR(Do(FileAction::kLock, path, [&](MemoryDisk* disk) {
    node = disk->Find(path);
    if (node == nullptr) {
      const int error = disk->Make(path, /*is_directory=*/false);
      if (error != 0) return error;
      node = disk->Find(path);
    }
    taken = std::exchange(node->locked, true);
    return 0;
  }));
  if (taken) {
    return MakeError(ErrorCode::kDirectoryLocked,
                     path + " is locked by process 1",
                     "stop that process, or give this one a directory of its "
                     "own");
  }
  return std::make_unique<FaultLock>(state_, std::move(node));
}

absl::StatusOr<env::FileSystem::Space> FaultFiles::SpaceOf(
    const std::string& path) {
  std::lock_guard lock(state_->mutex);
  if (state_->disk->Find(path) == nullptr) {
    return env::PosixError(ENOENT, "ask for the space of", path);
  }
  const int64_t total = state_->plan.capacity_bytes().value_or(kPlentyBytes);
  return Space{total, std::max<int64_t>(0, total - state_->disk->UsedBytes())};
}

}  // namespace barnabas::support
