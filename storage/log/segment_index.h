// SegmentIndex: the offset and the time index of one segment, kept in step.
//
// What: Add takes in batch after batch and decides, at Kafka's moments, which
//   of them get entries: when more than `interval` bytes lie between the last
//   indexed batch and this one. Mark tells how far both indexes reach, so
//   that the durable point can name it and recovery can trust or rebuild.
// Units: offsets, bytes, milliseconds.
// Empty case: no batches: no entries, no largest timestamp.
// Thread: one writer; Find*, max from any thread beside it.
// Errors: those of EntryFile.
// Always true: L4 an entry points at the first byte of a batch; an entry of
//   the time index says the largest timestamp of all batches before the
//   moment it was added.
#ifndef BARNABAS_STORAGE_LOG_SEGMENT_INDEX_H_
#define BARNABAS_STORAGE_LOG_SEGMENT_INDEX_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/offset_index.h"
#include "storage/log/time_index.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

// How far the indexes of a segment reach at some moment.
struct IndexMark {
  EntryFile::Extent offsets;
  EntryFile::Extent times;
  // The largest timestamp of the segment and where it was first reached.
  TimeEntry max;

  bool operator==(const IndexMark&) const = default;
};

class SegmentIndex {
 public:
  // `state` is put behind the files' names, for a segment in the making.
  SegmentIndex(env::FileSystem* files, const std::string& directory,
               Offset base, std::string_view state = "");

  // No batch yet. Touches no file.
  void Reset();
  // As it was when `mark` was taken; CORRUPT_LOG if the files differ.
  absl::Status Load(const IndexMark& mark);
  // With all sound entries below `position` and `end`; the last one, from
  // which the caller goes on adding behind its batch. nullopt (and reset) if
  // there is none or the files are not sound.
  std::optional<OffsetEntry> LoadBelow(int64_t position, Offset end);
  // Of a segment that gets no more batches.
  void OpenSealed(const TimeEntry& max);

  // Counts the interval to the next entry from `position` on, as Kafka does
  // after opening a log.
  void CountFrom(int64_t position) { indexed_position_ = position; }
  // Takes in the batch that begins at `position`.
  void Add(const record::BatchHeader& header, int64_t position,
           int64_t interval_bytes);
  // Whether an index of `index_bytes` has no room for another entry.
  bool IsFull(int64_t index_bytes) const;
  // Brings the files up to date; not synced.
  absl::Status WritePending();
  // Adds the time entry that a segment ends with.
  void NoteEnd();
  // NoteEnd, WritePending, then sealed. The files, to be synced.
  absl::StatusOr<std::vector<std::shared_ptr<env::File>>> Seal();
  IndexMark mark() const;

  // The last entry at or below; the very last one by default.
  absl::StatusOr<std::optional<OffsetEntry>> FindOffset(
      Offset offset = Offset(INT64_MAX)) const {
    return offsets_.Find(offset);
  }
  absl::StatusOr<std::optional<TimeEntry>> FindTime(
      int64_t timestamp_ms = INT64_MAX) const {
    return times_.Find(timestamp_ms);
  }
  TimeEntry max() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void SetMax(const TimeEntry& max) ABSL_LOCKS_EXCLUDED(mutex_);

  OffsetIndex offsets_;
  TimeIndex times_;

  // State of the writer: from where the interval to the next entry counts.
  int64_t indexed_position_ = 0;

  // What readers see.
  mutable absl::Mutex mutex_;
  TimeEntry max_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_SEGMENT_INDEX_H_
