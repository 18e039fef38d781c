#include "storage/log/entry_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/record/crc32c.h"

namespace barnabas::log {
namespace {

constexpr size_t kEntryBytesMax = 16;

absl::Status Unusable(const std::string& path, std::string_view why) {
  return MakeError(ErrorCode::kCorruptLog,
                   absl::StrCat(path, ": ", AsAbsl(why)),
                   "the index is rebuilt from the log");
}

}  // namespace

EntryFile::EntryFile(env::FileSystem* files, std::string path,
                     size_t entry_bytes)
    : files_(files), path_(std::move(path)), entry_bytes_(entry_bytes) {}

void EntryFile::Reset() {
  written_bytes_ = 0;
  cut_ = true;
  absl::MutexLock lock(&mutex_);
  sealed_ = false;
  bytes_.clear();
  crc_ = 0;
}

absl::Status EntryFile::Load(std::optional<Extent> expected) {
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   files_->Open(path_, env::OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  size_t wanted = static_cast<size_t>(size) / entry_bytes_ * entry_bytes_;
  if (expected.has_value()) {
    const size_t promised = static_cast<size_t>(expected->count) * entry_bytes_;
    if (promised > wanted) return Unusable(path_, "entries are missing");
    wanted = promised;
  }
  std::string bytes(wanted, '\0');
  ASSIGN_OR_RETURN(const size_t got, file->ReadAt(0, wanted, bytes.data()));
  if (got != wanted) return Unusable(path_, "it is shorter than its size");
  const uint32_t crc = record::Crc32c(bytes);
  if (expected.has_value() && expected->crc != crc) {
    return Unusable(path_, "its entries are not those that were written");
  }
  written_bytes_ = wanted;
  cut_ = static_cast<size_t>(size) != wanted;
  absl::MutexLock lock(&mutex_);
  sealed_ = false;
  bytes_ = std::move(bytes);
  crc_ = crc;
  return absl::OkStatus();
}

void EntryFile::OpenSealed() {
  absl::MutexLock lock(&mutex_);
  sealed_ = true;
  bytes_ = std::string();
  crc_ = 0;
}

void EntryFile::Append(std::string_view entry) {
  absl::MutexLock lock(&mutex_);
  bytes_.append(entry);
  crc_ = record::ExtendCrc32c(crc_, entry);
}

void EntryFile::Truncate(int32_t count) {
  const size_t size = static_cast<size_t>(count) * entry_bytes_;
  absl::MutexLock lock(&mutex_);
  if (size >= bytes_.size()) return;
  bytes_.resize(size);
  crc_ = record::Crc32c(bytes_);
  if (written_bytes_ > size) {
    written_bytes_ = size;
    cut_ = true;
  }
}

absl::Status EntryFile::WritePending() {
  // Only the writer changes bytes_, so it may be read without the lock held
  // over the write; readers only read too.
  std::string_view pending;
  {
    absl::ReaderMutexLock lock(&mutex_);
    pending = std::string_view(bytes_).substr(written_bytes_);
  }
  if (!cut_ && pending.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   files_->Open(path_, env::OpenMode::kCreate));
  if (cut_) {
    RETURN_IF_ERROR(file->Truncate(static_cast<int64_t>(written_bytes_)));
    cut_ = false;
  }
  if (pending.empty()) return absl::OkStatus();
  const std::string_view parts[] = {pending};
  const absl::Status status =
      file->WriteAt(static_cast<int64_t>(written_bytes_), parts);
  if (!status.ok()) {
    // A part may have been written; the next call cuts it first.
    cut_ = true;
    return status;
  }
  written_bytes_ += pending.size();
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<env::File>> EntryFile::OpenFile() const {
  return files_->Open(path_, env::OpenMode::kCreate);
}

absl::StatusOr<bool> EntryFile::FindLast(
    absl::FunctionRef<bool(const char*)> holds, char* out) const {
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (!sealed_) return FindLastInMemory(holds, out);
  }
  return FindLastInFile(holds, out);
}

bool EntryFile::FindLastInMemory(absl::FunctionRef<bool(const char*)> holds,
                                 char* out) const {
  size_t low = 0;
  size_t high = bytes_.size() / entry_bytes_;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (holds(bytes_.data() + middle * entry_bytes_)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return false;
  std::memcpy(out, bytes_.data() + (low - 1) * entry_bytes_, entry_bytes_);
  return true;
}

absl::StatusOr<bool> EntryFile::FindLastInFile(
    absl::FunctionRef<bool(const char*)> holds, char* out) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   files_->Open(path_, env::OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  const int64_t entry_size = static_cast<int64_t>(entry_bytes_);
  if (size % entry_size != 0) return Unusable(path_, "it ends in mid-entry");
  int64_t low = 0;
  int64_t high = size / entry_size;
  bool found = false;
  char entry[kEntryBytesMax];
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    ASSIGN_OR_RETURN(const size_t got,
                     file->ReadAt(middle * entry_size, entry_bytes_, entry));
    if (got != entry_bytes_) return Unusable(path_, "it became shorter");
    if (holds(entry)) {
      std::memcpy(out, entry, entry_bytes_);
      found = true;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return found;
}

int32_t EntryFile::count() const {
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (!sealed_) return static_cast<int32_t>(bytes_.size() / entry_bytes_);
  }
  absl::StatusOr<std::unique_ptr<env::File>> file =
      files_->Open(path_, env::OpenMode::kRead);
  if (!file.ok()) return 0;
  const absl::StatusOr<int64_t> size = (*file)->Size();
  return size.ok() ? static_cast<int32_t>(*size / entry_bytes_) : 0;
}

EntryFile::Extent EntryFile::extent() const {
  absl::ReaderMutexLock lock(&mutex_);
  return Extent{static_cast<int32_t>(bytes_.size() / entry_bytes_), crc_};
}

std::string EntryFile::Copy() const {
  absl::ReaderMutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace barnabas::log
