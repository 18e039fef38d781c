// KeyCheck: whether every record of a batch has a key.
//
// What: what a compacted topic asks of a produced batch; the one case besides
//   deep validation in which a batch is decompressed before it is stored
//   (README 20).
// Units: none. Empty case: a batch without records passes.
// Thread: pure functions.
// Errors: INVALID_RECORD naming the records without a key; CORRUPT_RECORD and
//   UNSUPPORTED_COMPRESSION as RecordReader.
#ifndef BARNABAS_STORAGE_RECORD_KEY_CHECK_H_
#define BARNABAS_STORAGE_RECORD_KEY_CHECK_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/record/batch_header.h"

namespace barnabas::record {

// One whole, checked batch in consecutive slices.
absl::Status CheckKeys(const BatchHeader& header,
                       absl::Span<const std::string_view> slices);

// The error for `count` records without a key, of which `first` are named by
// their place in the batch.
absl::Status KeysMissing(const std::vector<int32_t>& first, int64_t count);

// How many records an error names.
inline constexpr size_t kKeylessNamedMax = 10;

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_KEY_CHECK_H_
