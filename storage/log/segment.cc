#include "storage/log/segment.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/log/batch_walk.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"

namespace barnabas::log {
namespace {

// One look-up reads about an index interval.
constexpr size_t kLookUpWindow = 8 * kKiB;
// Walking a whole segment by its headers.
constexpr size_t kAdoptWindow = 64 * kKiB;

}  // namespace

Segment::Segment(env::FileSystem* files, const std::string& directory,
                 Offset base, int64_t now_ms, std::shared_ptr<env::File> file,
                 std::string_view state)
    : base_(base),
      file_(std::move(file)),
      index_(files, directory, base, state),
      next_(base.value()) {
  age_.created_ms = now_ms;
}

void Segment::Reserve(int64_t bytes, int64_t segment_bytes) {
  const int64_t end = size() + bytes;
  if (end <= reserved_bytes_) return;
  const int64_t step = std::clamp(size(), kAllocateStepMin, kAllocateStepMax);
  const int64_t wanted = std::max(end, std::min(end + step, segment_bytes));
  // Without the blocks a write may still fit; it says so itself.
  file_->Allocate(wanted).IgnoreError();
  reserved_bytes_ = wanted;
}

absl::Status Segment::Append(const record::BatchHeader& header,
                             absl::Span<const std::string_view> parts,
                             int64_t index_interval_bytes,
                             int64_t segment_bytes) {
  Reserve(header.SizeBytes(), segment_bytes);
  RETURN_IF_ERROR(file_->WriteAt(size(), parts));
  Adopt(header, index_interval_bytes);
  return absl::OkStatus();
}

absl::Status Segment::RollBack() {
  reserved_bytes_ = 0;
  return file_->Truncate(size());
}

void Segment::Adopt(const record::BatchHeader& header,
                    int64_t index_interval_bytes) {
  const int64_t position = size();
  if (position == 0 && header.max_timestamp_ms >= 0) {
    age_.first_batch_ms = header.max_timestamp_ms;
  }
  // The size first: an entry must never point beyond it.
  next_.store(header.NextOffset().value(), std::memory_order_release);
  size_.store(position + header.SizeBytes(), std::memory_order_release);
  index_.Add(header, position, index_interval_bytes);
}

void Segment::SetExtent(int64_t size, Offset next) {
  if (size > 0) {
    const absl::StatusOr<record::BatchHeader> first = HeaderAt(0);
    if (first.ok() && first->max_timestamp_ms >= 0) {
      age_.first_batch_ms = first->max_timestamp_ms;
    }
  }
  next_.store(next.value(), std::memory_order_release);
  size_.store(size, std::memory_order_release);
}

absl::Status Segment::AdoptUntil(int64_t size, int64_t index_interval_bytes) {
  BatchWalk walk(file_.get(), this->size(), size, WalkDepth::kHeaders,
                 kAdoptWindow);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<BatchWalk::Step> step, walk.Next());
    if (!step.has_value()) return absl::OkStatus();
    if (step->header.base_offset < next()) {
      return MakeError(
          ErrorCode::kCorruptRecord,
          absl::StrCat(file_->path(), " at position ", step->position,
                       ": offset ", step->header.base_offset.value(),
                       " stands where ", next().value(), " is due"),
          "barnabas storage verify DIR");
    }
    Adopt(step->header, index_interval_bytes);
  }
}

absl::StatusOr<std::vector<std::shared_ptr<env::File>>> Segment::Seal() {
  // Gives reserved blocks back, also those of an earlier life.
  RETURN_IF_ERROR(file_->Truncate(size()));
  reserved_bytes_ = 0;
  // Last, since a segment whose indexes are sealed takes no more batches.
  ASSIGN_OR_RETURN(std::vector<std::shared_ptr<env::File>> files,
                   index_.Seal());
  files.push_back(file_);
  return files;
}

absl::StatusOr<int64_t> Segment::Locate(Offset offset) const {
  const absl::StatusOr<std::optional<OffsetEntry>> hint =
      index_.FindOffset(offset);
  const int64_t end = size();
  if (hint.ok() && hint->has_value() && (*hint)->position < end) {
    const OffsetEntry& entry = **hint;
    BatchWalk walk(file_.get(), entry.position, end, WalkDepth::kHeaders,
                   kLookUpWindow);
    absl::StatusOr<std::optional<BatchWalk::Step>> step = walk.Next();
    // The index has no checksum: believe it only if a batch stands there that
    // ends as the entry says (S5); else begin at the front.
    if (step.ok() && step->has_value() &&
        (*step)->header.LastOffset() == entry.offset) {
      while (step.ok() && step->has_value() &&
             (*step)->header.LastOffset() < offset) {
        step = walk.Next();
      }
      RETURN_IF_ERROR(step.status());
      return step->has_value() ? (*step)->position : end;
    }
  }
  BatchWalk walk(file_.get(), 0, end, WalkDepth::kHeaders, kAdoptWindow);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<BatchWalk::Step> step, walk.Next());
    if (!step.has_value()) return end;
    if (step->header.LastOffset() >= offset) return step->position;
  }
}

absl::StatusOr<record::BatchHeader> Segment::HeaderAt(int64_t position) const {
  ASSIGN_OR_RETURN(const int64_t size, file_->Size());
  BatchWalk walk(file_.get(), position, size, WalkDepth::kHeaders,
                 record::kBatchHeaderBytes);
  ASSIGN_OR_RETURN(const std::optional<BatchWalk::Step> step, walk.Next());
  if (!step.has_value()) {
    return MakeError(
        ErrorCode::kCorruptRecord,
        absl::StrCat(file_->path(), " has no batch at position ", position),
        "barnabas storage verify DIR");
  }
  return step->header;
}

absl::StatusOr<std::shared_ptr<Segment>> CreateSegment(
    env::FileSystem* files, const std::string& directory, Offset base,
    int64_t now_ms, std::string_view state) {
  ASSIGN_OR_RETURN(
      std::shared_ptr<env::File> file,
      files->Open(JoinPath(directory, FileName(base, kLogSuffix, state)),
                  env::OpenMode::kTruncate));
  auto segment = std::make_shared<Segment>(files, directory, base, now_ms,
                                           std::move(file), state);
  segment->index().Reset();
  RETURN_IF_ERROR(segment->index().WritePending());
  return segment;
}

absl::StatusOr<std::shared_ptr<Segment>> OpenSegment(
    env::FileSystem* files, const std::string& directory, Offset base,
    int64_t now_ms) {
  ASSIGN_OR_RETURN(std::shared_ptr<env::File> file,
                   files->Open(JoinPath(directory, FileName(base, kLogSuffix)),
                               env::OpenMode::kReadWrite));
  return std::make_shared<Segment>(files, directory, base, now_ms,
                                   std::move(file));
}

absl::StatusOr<std::shared_ptr<Segment>> OpenSegmentBelow(
    env::FileSystem* files, const std::string& directory,
    const Segment::Extent& extent, int64_t index_interval_bytes,
    int64_t now_ms) {
  ASSIGN_OR_RETURN(std::shared_ptr<Segment> segment,
                   OpenSegment(files, directory, extent.base, now_ms));
  SegmentIndex& index = segment->index();
  const std::optional<OffsetEntry> last =
      index.LoadBelow(extent.size, extent.next);
  if (last.has_value()) {
    const absl::StatusOr<record::BatchHeader> header =
        segment->HeaderAt(last->position);
    if (header.ok() && header->LastOffset() == last->offset) {
      segment->SetExtent(last->position + header->SizeBytes(),
                         header->NextOffset());
    } else {
      index.Reset();
    }
  }
  RETURN_IF_ERROR(segment->AdoptUntil(extent.size, index_interval_bytes));
  if (segment->next() > extent.next) {
    return MakeError(
        ErrorCode::kCorruptRecord,
        absl::StrCat(segment->file()->path(), " at position ", extent.size,
                     ": offset ", segment->next().value(), " is due here, not ",
                     extent.next.value()),
        "barnabas storage verify DIR");
  }
  index.CountFrom(extent.size);
  return segment;
}

}  // namespace barnabas::log
