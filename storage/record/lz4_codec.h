// lz4 for compression.h: lz4 in its standard frame format.
//
// What: contexts are kept per thread and reused.
//   Independent blocks of 64 KiB are written (Java's reader wants them so);
//   any frame, and several, are read.
// Units: bytes. Empty case: empty input becomes a valid empty frame.
// Thread: any. Errors: CORRUPT_RECORD for bytes that are not lz4 or would
//   inflate beyond `bytes_max`; INTERNAL when the library fails (memory).
#ifndef BARNABAS_STORAGE_RECORD_LZ4_CODEC_H_
#define BARNABAS_STORAGE_RECORD_LZ4_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace barnabas::record {

// Appends to `output`. A level beyond the codec's range is taken as the
// nearest one.
absl::Status Lz4Compress(std::optional<int> level, std::string_view input,
                         std::string* output);

// Replaces `output`.
absl::Status Lz4Decompress(std::string_view input, int64_t bytes_max,
                           std::string* output);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_LZ4_CODEC_H_
