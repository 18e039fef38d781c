// gzip for compression.h: gzip (RFC 1952) through zlib.
//
// What: contexts are kept per thread and reused.
//   One member is written; several are read, as Java's streams do.
// Units: bytes. Empty case: empty input becomes a valid empty frame.
// Thread: any. Errors: CORRUPT_RECORD for bytes that are not gzip or would
//   inflate beyond `bytes_max`; INTERNAL when the library fails (memory).
#ifndef BARNABAS_STORAGE_RECORD_GZIP_CODEC_H_
#define BARNABAS_STORAGE_RECORD_GZIP_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace barnabas::record {

// Appends to `output`. A level beyond the codec's range is taken as the
// nearest one.
absl::Status GzipCompress(std::optional<int> level, std::string_view input,
                          std::string* output);

// Replaces `output`.
absl::Status GzipDecompress(std::string_view input, int64_t bytes_max,
                            std::string* output);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_GZIP_CODEC_H_
