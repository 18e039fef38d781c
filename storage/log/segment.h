// Segment: one .log file and its indexes.
//
// What: a run of whole batches that begins with offset `base`. The last
//   segment of a log is active and grows; the others are sealed.
// Units: offsets; positions and sizes are bytes in the .log file.
// Empty case: a new segment has size 0 and next = base.
// Thread: one writer (Append, RollBack, Adopt, Resume, Seal); Locate, size,
//   next, file and the index's look-ups from any thread beside it. Deleting
//   the file does not disturb a reader that holds the Segment.
// Errors: those of env::File; CORRUPT_RECORD when what stands in the file is
//   no batch. After a failed Append the caller calls RollBack; if that fails
//   too, nothing may be appended any more.
// Always true: [0, size) holds whole batches; what lies beyond was never
//   acknowledged to anybody.
#ifndef BARNABAS_STORAGE_LOG_SEGMENT_H_
#define BARNABAS_STORAGE_LOG_SEGMENT_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/segment_index.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

class Segment {
 public:
  // Which part of a segment there is.
  struct Extent {
    Offset base;
    int64_t size = 0;
    Offset next;
  };

  // On an open .log file that is not read: size() is 0 until batches are
  // adopted or the extent is set.
  Segment(env::FileSystem* files, const std::string& directory, Offset base,
          int64_t now_ms, std::shared_ptr<env::File> file,
          std::string_view state = "");

  // Writes one batch, given as consecutive parts, behind the last one.
  absl::Status Append(const record::BatchHeader& header,
                      absl::Span<const std::string_view> parts,
                      int64_t index_interval_bytes, int64_t segment_bytes);
  // Cuts what a failed Append may have left.
  absl::Status RollBack();
  // Takes in the batch that stands in the file at size().
  void Adopt(const record::BatchHeader& header, int64_t index_interval_bytes);
  // Adopts what the caller knows to stand in the file: [0, size) up to `next`.
  void SetExtent(int64_t size, Offset next);
  // Adopts batches by their headers until `size`.
  absl::Status AdoptUntil(int64_t size, int64_t index_interval_bytes);
  // Last time entry, indexes to their files, blocks reserved beyond the end
  // given back. The files, to be synced.
  absl::StatusOr<std::vector<std::shared_ptr<env::File>>> Seal();

  // Position of the first batch that ends at or after `offset`; size() if
  // there is none.
  absl::StatusOr<int64_t> Locate(Offset offset) const;
  // The header of the batch that begins at `position`.
  absl::StatusOr<record::BatchHeader> HeaderAt(int64_t position) const;

  Offset base() const { return base_; }
  int64_t size() const { return size_.load(std::memory_order_acquire); }
  Offset next() const { return Offset(next_.load(std::memory_order_acquire)); }
  const std::shared_ptr<env::File>& file() const { return file_; }
  SegmentIndex& index() { return index_; }
  const SegmentIndex& index() const { return index_; }
  // Age, for the roll rule: largest timestamp of the first batch, or the time
  // of creation if it has none.
  struct Age {
    std::optional<int64_t> first_batch_ms;
    int64_t created_ms = 0;
  };
  const Age& age() const { return age_; }
  Age& age() { return age_; }

 private:
  void Reserve(int64_t bytes, int64_t segment_bytes);

  // Constant after construction.
  const Offset base_;
  const std::shared_ptr<env::File> file_;

  // State of the writer.
  SegmentIndex index_;
  Age age_;
  int64_t reserved_bytes_ = 0;

  // What readers see.
  std::atomic<int64_t> size_ = 0;
  std::atomic<int64_t> next_;
};

// Makes (or empties) the files of an active segment; `state` is put behind
// their names.
absl::StatusOr<std::shared_ptr<Segment>> CreateSegment(
    env::FileSystem* files, const std::string& directory, Offset base,
    int64_t now_ms, std::string_view state = "");

// Opens the files of an existing segment.
absl::StatusOr<std::shared_ptr<Segment>> OpenSegment(
    env::FileSystem* files, const std::string& directory, Offset base,
    int64_t now_ms);

// Opens a segment as if it had been written up to `extent` only: active, its
// indexes as they were then. Where compaction left a gap it ends lower than
// `extent.next`. Nothing on disk changes.
absl::StatusOr<std::shared_ptr<Segment>> OpenSegmentBelow(
    env::FileSystem* files, const std::string& directory,
    const Segment::Extent& extent, int64_t index_interval_bytes,
    int64_t now_ms);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_SEGMENT_H_
