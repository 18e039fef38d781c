// BatchScan: the whole batches of a stretch of a segment, one after the other.
//
// What: reads with few, large reads and checks each batch's checksum. For who
//   needs the bytes; BatchWalk is for who needs the headers.
// Units: positions are bytes in the .log file; [position, end).
// Empty case: position == end: Next gives nullopt at once.
// Thread: one at a time; the file may be read by others.
// Errors: CORRUPT_RECORD naming file and position; those of the file.
// Bounds: memory for kChunk, or for one batch if that is larger.
#ifndef BARNABAS_STORAGE_LOG_BATCH_SCAN_H_
#define BARNABAS_STORAGE_LOG_BATCH_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/env/file.h"
#include "storage/record/batch_reader.h"

namespace barnabas::log {

class BatchScan {
 public:
  BatchScan(std::shared_ptr<const env::File> file, int64_t position,
            int64_t end);

  // The next batch, whose bytes live until the next call; nullopt at the end.
  absl::StatusOr<std::optional<record::BatchView>> Next();

  // Where the next batch begins, or the bad one stands.
  int64_t position() const { return position_; }

 private:
  // Views `size` bytes at position_; fewer at the end of the file.
  absl::StatusOr<std::string_view> View(size_t size);
  absl::Status Bad(std::string_view why) const;

  // Constant after construction.
  const std::shared_ptr<const env::File> file_;
  const int64_t end_;

  // State.
  int64_t position_;
  std::string buffer_;
  int64_t buffer_position_ = 0;
  size_t buffer_size_ = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_BATCH_SCAN_H_
