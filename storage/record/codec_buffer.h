// InflateBuffer: output of a decompressor that may not pass a bound.
//
// What: grows a string in steps while a streaming codec fills it, and stops
//   at the bound, so a bomb costs no more memory than the bound.
// Units: bytes. Empty case: a codec that gives nothing leaves "".
// Thread: one at a time.
// Errors: Grow is false at the bound; the codec then reports Bomb().
// Always true: the string is never larger than bytes_max.
#ifndef BARNABAS_STORAGE_RECORD_CODEC_BUFFER_H_
#define BARNABAS_STORAGE_RECORD_CODEC_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace barnabas::record {

class InflateBuffer {
 public:
  // Replaces what `output` holds. `expected` is where the size is guessed to
  // end; it costs that much memory at once (within the bound).
  InflateBuffer(std::string* output, size_t expected, int64_t bytes_max)
      : output_(output),
        bytes_max_(static_cast<size_t>(std::max<int64_t>(bytes_max, 0))) {
    output_->resize(std::min(std::max(expected, kStepMin), bytes_max_));
  }

  char* free() { return output_->data() + used_; }
  size_t free_bytes() const { return output_->size() - used_; }
  void Use(size_t bytes) { used_ += bytes; }

  // Makes more room; false when the bound is reached.
  [[nodiscard]] bool Grow() {
    const size_t size = output_->size();
    if (size >= bytes_max_) return false;
    output_->resize(std::min(std::max(size * 2, kStepMin), bytes_max_));
    return true;
  }

  // Cuts the string to what was used.
  void Finish() { output_->resize(used_); }

 private:
  static constexpr size_t kStepMin = 4096;

  std::string* output_;
  size_t bytes_max_;
  size_t used_ = 0;
};

// CORRUPT_RECORD: the input would inflate beyond the bound.
absl::Status BombError(std::string_view codec, int64_t bytes_max);

// CORRUPT_RECORD: the input is not of the codec.
absl::Status NotOfCodecError(std::string_view codec, std::string_view why);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_CODEC_BUFFER_H_
