#include "storage/log/inspect.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/record/crc32c.h"

namespace barnabas::log {
namespace {

constexpr size_t kWindow = 64 * kKiB;

absl::StatusOr<Offset> BaseOf(const std::string& path,
                              std::string_view suffix) {
  const size_t slash = path.rfind('/');
  const std::string_view name =
      std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1);
  if (const std::optional<Offset> base = ParseFileName(name, suffix)) {
    return *base;
  }
  return MakeError(
      ErrorCode::kInvalidRequest,
      absl::StrCat(path, " is not named <20 digits>", AsAbsl(suffix),
                   ", so its base offset is not "
                   "known"),
      "give a file of a partition's directory");
}

absl::StatusOr<std::string> ReadExisting(env::FileSystem* files,
                                         const std::string& path) {
  ASSIGN_OR_RETURN(std::optional<std::string> bytes,
                   ReadSmallFile(files, path));
  if (bytes.has_value()) return *std::move(bytes);
  return MakeError(ErrorCode::kInvalidRequest,
                   absl::StrCat("there is no file ", path));
}

}  // namespace

SegmentInspection::SegmentInspection(std::unique_ptr<env::File> file,
                                     int64_t size_bytes)
    : file_(std::move(file)),
      size_bytes_(size_bytes),
      walk_(file_.get(), 0, size_bytes, WalkDepth::kHeaders, kWindow) {}

absl::StatusOr<std::unique_ptr<SegmentInspection>> SegmentInspection::Open(
    env::FileSystem* files, const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<env::File> file,
                   files->Open(path, env::OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  return std::unique_ptr<SegmentInspection>(
      new SegmentInspection(std::move(file), size));
}

absl::StatusOr<std::optional<InspectedBatch>> SegmentInspection::Next() {
  ASSIGN_OR_RETURN(const std::optional<BatchWalk::Step> step, walk_.Next());
  if (!step.has_value()) return std::nullopt;
  InspectedBatch batch{step->header, step->position, false};
  ASSIGN_OR_RETURN(const std::string bytes, BytesOf(batch));
  batch.checksum_ok =
      record::Crc32c(std::string_view(bytes).substr(record::kCrcBegin)) ==
      batch.header.crc;
  return batch;
}

absl::StatusOr<std::string> SegmentInspection::BytesOf(
    const InspectedBatch& batch) const {
  std::string bytes(static_cast<size_t>(batch.header.SizeBytes()), '\0');
  ASSIGN_OR_RETURN(const size_t got,
                   file_->ReadAt(batch.position, bytes.size(), bytes.data()));
  if (got == bytes.size()) return bytes;
  return MakeError(ErrorCode::kCorruptRecord,
                   absl::StrCat(file_->path(), " at position ", batch.position,
                                ": the batch is cut short"));
}

absl::StatusOr<std::vector<OffsetEntry>> ReadOffsetIndex(
    env::FileSystem* files, const std::string& path) {
  ASSIGN_OR_RETURN(const Offset base, BaseOf(path, kOffsetIndexSuffix));
  ASSIGN_OR_RETURN(const std::string bytes, ReadExisting(files, path));
  std::vector<OffsetEntry> entries;
  for (size_t at = 0; at + kOffsetEntryBytes <= bytes.size();
       at += kOffsetEntryBytes) {
    entries.push_back(OffsetIndex::Decode(bytes.data() + at, base));
  }
  return entries;
}

absl::StatusOr<std::vector<TimeEntry>> ReadTimeIndex(env::FileSystem* files,
                                                     const std::string& path) {
  ASSIGN_OR_RETURN(const Offset base, BaseOf(path, kTimeIndexSuffix));
  ASSIGN_OR_RETURN(const std::string bytes, ReadExisting(files, path));
  std::vector<TimeEntry> entries;
  for (size_t at = 0; at + kTimeEntryBytes <= bytes.size();
       at += kTimeEntryBytes) {
    entries.push_back(TimeIndex::Decode(bytes.data() + at, base));
  }
  return entries;
}

}  // namespace barnabas::log
