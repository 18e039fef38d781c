// Checks of a batch that comes from elsewhere: a client, a peer, a disk.
//
// What: everything that can be told without decompressing (README 20): size,
//   magic, checksum, counts, attributes, sequence sanity. A batch may arrive
//   in several slices, as gRPC delivers it; nothing is copied.
// Units: bytes. Empty case: a batch without bytes is CORRUPT_RECORD.
// Thread: pure functions.
// Errors: UNSUPPORTED_BATCH_FORMAT (magic), CORRUPT_RECORD (size, checksum,
//   record structure), INVALID_RECORD (counts, control bit, sequences),
//   UNSUPPORTED_COMPRESSION, BATCH_TOO_LARGE. The text names the field, what
//   was found and what was expected.
// Source: kafka-facts 4.4.
#ifndef BARNABAS_STORAGE_RECORD_BATCH_CHECK_H_
#define BARNABAS_STORAGE_RECORD_BATCH_CHECK_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/record/batch_header.h"

namespace barnabas::record {

// Checks one whole batch given as consecutive slices, header and checksum
// included, and returns its header. Slices must hold exactly one batch.
// For what a client sends add CheckProduced.
absl::StatusOr<BatchHeader> CheckBatch(
    absl::Span<const std::string_view> slices);

// The rules for batches that clients produce: no control bit, no delete
// horizon, at least one record, record_count == last_offset_delta + 1, a
// sequence if and only if there is a producer, at most `bytes_max`.
absl::Status CheckProduced(const BatchHeader& header, int64_t bytes_max);

// Decompresses and walks every record of one contiguous batch: offset deltas
// rise by one (or just rise when `allow_gaps`), lengths fit, counts agree.
absl::Status CheckRecords(std::string_view batch, bool allow_gaps);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_BATCH_CHECK_H_
