// What of a log compaction would take on, and whether it is worth it.
//
// Picture:  [first segment .. clean end) [dirty .. end) [stays as it is ..
//           each key stands once          is learnt      too young, or active
//   Everything below `end` is rewritten; what lies at or beyond it is not
//   touched.
// Units: offsets, bytes, wall-clock milliseconds.
// Empty case: no segment may be compacted: begin = end, nothing is dirty.
// Thread: pure functions. Errors: none.
// Source: kafka-facts 4.9.
#ifndef BARNABAS_STORAGE_LOG_COMPACTION_PLAN_H_
#define BARNABAS_STORAGE_LOG_COMPACTION_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "proto/types/offsets.h"
#include "storage/log/log_config.h"

namespace barnabas::log {

// What planning must know of one sealed segment.
struct SegmentSpan {
  Offset base;
  Offset next;
  int64_t bytes = 0;
  // The largest timestamp; -1 when there is none.
  int64_t max_timestamp_ms = -1;
  // When the first record came.
  int64_t first_ms = 0;
};

struct CompactionRange {
  // Keys are learnt from here on.
  Offset dirty_begin;
  // Everything before may be rewritten.
  Offset end;
  // Segments that end at or before `end`.
  size_t segments = 0;
  int64_t clean_bytes = 0;
  int64_t dirty_bytes = 0;
  // Of the dirty segments.
  std::optional<int64_t> oldest_dirty_ms;

  // Dirty bytes of all; 0 when there are none.
  double DirtyRatio() const;
};

// `sealed` in order; nothing at or beyond `limit` is taken on.
CompactionRange PlanCompaction(absl::Span<const SegmentSpan> sealed,
                               Offset clean_end, Offset limit,
                               const CompactionConfig& config, int64_t now_ms);

// Whether the ratio or the age of what is dirty asks for a pass.
bool IsDue(const CompactionRange& range, const CompactionConfig& config,
           int64_t now_ms);

// Neighbours that become one segment, as [first, second): together at most
// `segment_bytes`, offsets that an index can hold. Covers all of `sealed`.
std::vector<std::pair<size_t, size_t>> GroupSegments(
    absl::Span<const SegmentSpan> sealed, int64_t segment_bytes);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_COMPACTION_PLAN_H_
