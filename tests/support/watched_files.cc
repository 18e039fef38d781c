#include "tests/support/watched_files.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace barnabas::support {
namespace {

class WatchedFile final : public env::File {
 public:
  WatchedFile(std::unique_ptr<env::File> beneath,
              const WatchedFiles::Watch& watch)
      : beneath_(std::move(beneath)), watch_(watch) {}

  absl::StatusOr<size_t> ReadAt(int64_t position, size_t size,
                                char* buffer) const override {
    return beneath_->ReadAt(position, size, buffer);
  }
  absl::Status WriteAt(int64_t position,
                       absl::Span<const std::string_view> parts) override {
    return Tell(beneath_->WriteAt(position, parts), FileAction::kWrite);
  }
  absl::Status Sync() override {
    return Tell(beneath_->Sync(), FileAction::kSync);
  }
  absl::Status Truncate(int64_t size) override {
    return Tell(beneath_->Truncate(size), FileAction::kTruncate);
  }
  // Reserved blocks change neither bytes nor names.
  absl::Status Allocate(int64_t size) override {
    return beneath_->Allocate(size);
  }
  absl::StatusOr<int64_t> Size() const override { return beneath_->Size(); }
  const std::string& path() const override { return beneath_->path(); }

 private:
  absl::Status Tell(absl::Status status, FileAction action) {
    if (watch_) watch_(action, beneath_->path());
    return status;
  }

  const std::unique_ptr<env::File> beneath_;
  // By value: a file may outlive the file system it came from.
  const WatchedFiles::Watch watch_;
};

}  // namespace

absl::Status WatchedFiles::Tell(absl::Status status, FileAction action,
                                const std::string& path) {
  if (watch_) watch_(action, path);
  return status;
}

absl::StatusOr<std::unique_ptr<env::File>> WatchedFiles::Open(
    const std::string& path, env::OpenMode mode) {
  const bool changes =
      mode == env::OpenMode::kTruncate ||
      (mode != env::OpenMode::kRead && mode != env::OpenMode::kReadWrite &&
       !beneath_->Exists(path));
  absl::StatusOr<std::unique_ptr<env::File>> file = beneath_->Open(path, mode);
  if (changes && watch_) watch_(FileAction::kOpen, path);
  if (!file.ok()) return file.status();
  return std::make_unique<WatchedFile>(*std::move(file), watch_);
}

absl::Status WatchedFiles::CreateDirectory(const std::string& path) {
  return Tell(beneath_->CreateDirectory(path), FileAction::kCreateDirectory,
              path);
}
absl::Status WatchedFiles::RemoveFile(const std::string& path) {
  return Tell(beneath_->RemoveFile(path), FileAction::kRemove, path);
}
absl::Status WatchedFiles::RemoveDirectory(const std::string& path) {
  return Tell(beneath_->RemoveDirectory(path), FileAction::kRemove, path);
}
absl::Status WatchedFiles::Rename(const std::string& from,
                                  const std::string& to) {
  return Tell(beneath_->Rename(from, to), FileAction::kRename, to);
}
absl::Status WatchedFiles::SyncDirectory(const std::string& path) {
  return Tell(beneath_->SyncDirectory(path), FileAction::kSyncDirectory, path);
}

absl::StatusOr<std::vector<std::string>> WatchedFiles::List(
    const std::string& path) {
  return beneath_->List(path);
}
bool WatchedFiles::Exists(const std::string& path) {
  return beneath_->Exists(path);
}
bool WatchedFiles::IsDirectory(const std::string& path) {
  return beneath_->IsDirectory(path);
}
absl::StatusOr<std::unique_ptr<env::FileLock>> WatchedFiles::Lock(
    const std::string& path) {
  return beneath_->Lock(path);
}
absl::StatusOr<env::FileSystem::Space> WatchedFiles::SpaceOf(
    const std::string& path) {
  return beneath_->SpaceOf(path);
}

}  // namespace barnabas::support
