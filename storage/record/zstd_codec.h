// zstd for compression.h: zstd in plain frames.
//
// What: contexts are kept per thread and reused.
//   One frame is written; several are read.
// Units: bytes. Empty case: empty input becomes a valid empty frame.
// Thread: any. Errors: CORRUPT_RECORD for bytes that are not zstd or would
//   inflate beyond `bytes_max`; INTERNAL when the library fails (memory).
#ifndef BARNABAS_STORAGE_RECORD_ZSTD_CODEC_H_
#define BARNABAS_STORAGE_RECORD_ZSTD_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace barnabas::record {

// Appends to `output`. A level beyond the codec's range is taken as the
// nearest one.
absl::Status ZstdCompress(std::optional<int> level, std::string_view input,
                          std::string* output);

// Replaces `output`.
absl::Status ZstdDecompress(std::string_view input, int64_t bytes_max,
                            std::string* output);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_ZSTD_CODEC_H_
