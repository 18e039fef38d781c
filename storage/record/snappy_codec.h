// snappy for compression.h: snappy in the xerial framing that Java's clients
// write.
//
// What: contexts are kept per thread and reused.
//   Blocks of 32 KiB are written; any size, joined streams and one raw block
//   (as librdkafka writes) are read.
// Units: bytes. Empty case: empty input becomes a valid empty frame.
// Thread: any. Errors: CORRUPT_RECORD for bytes that are not snappy or would
//   inflate beyond `bytes_max`; INTERNAL when the library fails (memory).
#ifndef BARNABAS_STORAGE_RECORD_SNAPPY_CODEC_H_
#define BARNABAS_STORAGE_RECORD_SNAPPY_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace barnabas::record {

// Appends to `output`. A level beyond the codec's range is taken as the
// nearest one; snappy has none and ignores it.
absl::Status SnappyCompress(std::optional<int> level, std::string_view input,
                            std::string* output);

// Replaces `output`.
absl::Status SnappyDecompress(std::string_view input, int64_t bytes_max,
                              std::string* output);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_SNAPPY_CODEC_H_
