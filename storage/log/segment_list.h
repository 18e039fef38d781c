// SegmentList: the segments of one log in order, as a snapshot.
//
// What: an immutable list that readers hold while the writer publishes the
//   next one; a removed segment lives on until its last reader is done.
// Units: offsets. Empty case: an empty list exists only before opening.
// Thread: immutable. Errors: those of BatchWalk.
// Always true: bases strictly rise; each segment's next is the following
//   one's base; the last one is active.
#ifndef BARNABAS_STORAGE_LOG_SEGMENT_LIST_H_
#define BARNABAS_STORAGE_LOG_SEGMENT_LIST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "proto/types/offsets.h"
#include "storage/log/segment.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

using SegmentList = std::vector<std::shared_ptr<Segment>>;

// Index of the segment that holds `offset`: the last one whose base is at or
// below it; 0 if none is.
size_t FindSegment(const SegmentList& segments, Offset offset);

int64_t SizeOf(const SegmentList& segments);

// Where the log begins without the sealed segments that are whole older than
// `oldest_ms`, or without which `bytes_max` are left; nullopt sets no bound.
Offset KeptStart(const SegmentList& segments, std::optional<int64_t> oldest_ms,
                 std::optional<int64_t> bytes_max);

// Visits the headers of all batches that end at or after `from`.
absl::Status WalkHeaders(
    const SegmentList& segments, Offset from,
    absl::FunctionRef<void(const record::BatchHeader&)> visit);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_SEGMENT_LIST_H_
