// BatchWalk: goes from batch to batch through a stretch of a .log file.
//
// What: reads headers with few, large reads and, if asked, checks each
//   batch's checksum. Recovery, index rebuilding, look-ups and inspect all
//   walk with it.
// Units: positions are bytes in the file; [position, end).
// Empty case: position == end: Next gives nullopt at once.
// Thread: one at a time; the file may be read by others.
// Errors: CORRUPT_RECORD naming file and position when what stands there is
//   not a whole, sound batch inside the stretch; errors of the file as they
//   are. After an error position() is that of the bad batch.
// Always true: what Next returned lies wholly inside the stretch.
#ifndef BARNABAS_STORAGE_LOG_BATCH_WALK_H_
#define BARNABAS_STORAGE_LOG_BATCH_WALK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/env/file.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

// Whether a header can stand at the front of a stored batch: magic, sizes and
// counts make sense. Empty when it can, else what is wrong.
std::string_view FaultOf(const record::BatchHeader& header);

// What a walk reads of each batch.
enum class WalkDepth {
  kHeaders,
  kChecksums,
};

class BatchWalk {
 public:
  // `window` is how much one read brings in.
  BatchWalk(const env::File* file, int64_t position, int64_t end,
            WalkDepth depth, size_t window);

  struct Step {
    record::BatchHeader header;
    int64_t position = 0;

    int64_t End() const { return position + header.SizeBytes(); }
  };

  // The next batch; nullopt at the end of the stretch.
  absl::StatusOr<std::optional<Step>> Next();

  // Where the next batch begins, or the bad one stands.
  int64_t position() const { return position_; }

 private:
  // Views `size` bytes at `position`; fewer at the end of the file.
  absl::StatusOr<std::string_view> View(int64_t position, size_t size);
  absl::Status CheckChecksum(const record::BatchHeader& header);
  absl::Status Bad(std::string_view why) const;

  // Constant after construction.
  const env::File* file_;
  const int64_t end_;
  const WalkDepth depth_;
  const size_t window_;

  // State.
  int64_t position_;
  std::string buffer_;
  int64_t buffer_position_ = 0;
  size_t buffer_size_ = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_BATCH_WALK_H_
