// Codecs of batches, in the framings that Kafka's clients use.
//
// What: gzip (RFC 1952), snappy (xerial framing written and read, raw block
//   read too), lz4 (standard frame), zstd (plain frames). Contexts are kept
//   per thread and reused.
// Units: bytes. Empty case: empty input compresses to a valid empty frame.
// Thread: any; calls do not share state between threads.
// Errors: CORRUPT_RECORD when the input is not of the codec or would inflate
//   beyond `bytes_max` (a bomb stops at the bound, not after it);
//   UNSUPPORTED_COMPRESSION for an unknown codec.
#ifndef BARNABAS_STORAGE_RECORD_COMPRESSION_H_
#define BARNABAS_STORAGE_RECORD_COMPRESSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/record/batch_header.h"

namespace barnabas::record {

// Appends the compressed form of `input` to `output`.
absl::Status Compress(Codec codec, std::optional<int> level,
                      std::string_view input, std::string* output);

// Replaces `output` by the inflated form of `input`.
absl::Status Decompress(Codec codec, std::string_view input, int64_t bytes_max,
                        std::string* output);

// "none", "gzip", "snappy", "lz4", "zstd".
std::string_view NameOf(Codec codec);
std::optional<Codec> CodecOf(std::string_view name);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_COMPRESSION_H_
