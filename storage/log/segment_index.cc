#include "storage/log/segment_index.h"

#include "proto/types/status_macros.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"

namespace barnabas::log {

SegmentIndex::SegmentIndex(env::FileSystem* files, const std::string& directory,
                           Offset base, std::string_view state)
    : offsets_(files,
               JoinPath(directory, FileName(base, kOffsetIndexSuffix, state)),
               base),
      times_(files,
             JoinPath(directory, FileName(base, kTimeIndexSuffix, state)),
             base) {}

void SegmentIndex::Reset() {
  offsets_.file().Reset();
  times_.file().Reset();
  indexed_position_ = 0;
  SetMax(TimeEntry{});
}

absl::Status SegmentIndex::Load(const IndexMark& mark) {
  RETURN_IF_ERROR(offsets_.file().Load(mark.offsets));
  RETURN_IF_ERROR(times_.file().Load(mark.times));
  ASSIGN_OR_RETURN(const std::optional<OffsetEntry> last, offsets_.Last());
  indexed_position_ = last.has_value() ? last->position : 0;
  SetMax(mark.max);
  return absl::OkStatus();
}

std::optional<OffsetEntry> SegmentIndex::LoadBelow(int64_t position,
                                                   Offset end) {
  if (offsets_.file().Load(std::nullopt).ok() &&
      times_.file().Load(std::nullopt).ok()) {
    offsets_.CutTo(position);
    const absl::StatusOr<std::optional<OffsetEntry>> last = offsets_.Last();
    if (last.ok() && last->has_value() && (*last)->offset < end) {
      // What was noted behind the last entry is noted again by the caller.
      times_.CutTo((*last)->offset.Next());
      const absl::StatusOr<std::optional<TimeEntry>> max = times_.Last();
      if (offsets_.IsSound(position) && times_.IsSound(end) && max.ok()) {
        indexed_position_ = (*last)->position;
        SetMax(max->value_or(TimeEntry{}));
        return **last;
      }
    }
  }
  Reset();
  return std::nullopt;
}

void SegmentIndex::OpenSealed(const TimeEntry& max) {
  offsets_.file().OpenSealed();
  times_.file().OpenSealed();
  SetMax(max);
}

void SegmentIndex::Add(const record::BatchHeader& header, int64_t position,
                       int64_t interval_bytes) {
  TimeEntry now = max();
  if (header.max_timestamp_ms > now.timestamp_ms) {
    now = TimeEntry{header.max_timestamp_ms, header.LastOffset()};
    SetMax(now);
  }
  if (position - indexed_position_ <= interval_bytes) return;
  offsets_.Append(OffsetEntry{header.LastOffset(), position});
  times_.TryAppend(now);
  indexed_position_ = position;
}

bool SegmentIndex::IsFull(int64_t index_bytes) const {
  const int64_t offsets_max =
      index_bytes / static_cast<int64_t>(kOffsetEntryBytes);
  const int64_t times_max = index_bytes / static_cast<int64_t>(kTimeEntryBytes);
  // One entry is left for the one at sealing, as Kafka does.
  return offsets_.file().count() >= offsets_max ||
         times_.file().count() >= times_max - 1;
}

absl::Status SegmentIndex::WritePending() {
  RETURN_IF_ERROR(offsets_.file().WritePending());
  return times_.file().WritePending();
}

void SegmentIndex::NoteEnd() {
  const TimeEntry last = max();
  if (last.timestamp_ms >= 0) times_.TryAppend(last);
}

absl::StatusOr<std::vector<std::shared_ptr<env::File>>> SegmentIndex::Seal() {
  NoteEnd();
  RETURN_IF_ERROR(WritePending());
  std::vector<std::shared_ptr<env::File>> sealed(2);
  ASSIGN_OR_RETURN(sealed[0], offsets_.file().OpenFile());
  ASSIGN_OR_RETURN(sealed[1], times_.file().OpenFile());
  // Last, and both or none: half sealed, the segment would take no batches.
  offsets_.file().OpenSealed();
  times_.file().OpenSealed();
  return sealed;
}

IndexMark SegmentIndex::mark() const {
  return IndexMark{offsets_.file().extent(), times_.file().extent(), max()};
}

TimeEntry SegmentIndex::max() const {
  absl::ReaderMutexLock lock(&mutex_);
  return max_;
}

void SegmentIndex::SetMax(const TimeEntry& max) {
  absl::MutexLock lock(&mutex_);
  max_ = max;
}

}  // namespace barnabas::log
