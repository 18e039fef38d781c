#include "storage/log/compaction_plan.h"

#include <algorithm>
#include <limits>

namespace barnabas::log {
namespace {

// Whether a time lies more than `age_ms` before now.
bool IsOlder(int64_t time_ms, int64_t age_ms, int64_t now_ms) {
  return age_ms < now_ms && time_ms < now_ms - age_ms;
}

}  // namespace

double CompactionRange::DirtyRatio() const {
  const int64_t all = clean_bytes + dirty_bytes;
  if (all == 0) return 0;
  return static_cast<double>(dirty_bytes) / static_cast<double>(all);
}

CompactionRange PlanCompaction(absl::Span<const SegmentSpan> sealed,
                               Offset clean_end, Offset limit,
                               const CompactionConfig& config, int64_t now_ms) {
  CompactionRange range;
  if (sealed.empty()) return range;
  range.end = sealed.front().base;
  range.dirty_begin = std::max(clean_end, sealed.front().base);
  for (const SegmentSpan& segment : sealed) {
    if (segment.next > limit) break;
    if (config.lag_min_ms > 0 &&
        !IsOlder(segment.max_timestamp_ms, config.lag_min_ms, now_ms)) {
      break;
    }
    ++range.segments;
    range.end = segment.next;
    if (segment.next <= range.dirty_begin) {
      range.clean_bytes += segment.bytes;
      continue;
    }
    range.dirty_bytes += segment.bytes;
    range.oldest_dirty_ms = std::min(
        range.oldest_dirty_ms.value_or(segment.first_ms), segment.first_ms);
  }
  range.dirty_begin = std::min(range.dirty_begin, range.end);
  return range;
}

bool IsDue(const CompactionRange& range, const CompactionConfig& config,
           int64_t now_ms) {
  if (range.dirty_bytes == 0) return false;
  return range.DirtyRatio() > config.dirty_ratio_min ||
         IsOlder(*range.oldest_dirty_ms, config.lag_max_ms, now_ms);
}

std::vector<std::pair<size_t, size_t>> GroupSegments(
    absl::Span<const SegmentSpan> sealed, int64_t segment_bytes) {
  std::vector<std::pair<size_t, size_t>> groups;
  for (size_t first = 0; first < sealed.size();) {
    size_t next = first;
    int64_t bytes = 0;
    do {
      bytes += sealed[next++].bytes;
    } while (next < sealed.size() &&
             bytes + sealed[next].bytes <= segment_bytes &&
             Distance(sealed[first].base, sealed[next].next) <=
                 std::numeric_limits<int32_t>::max());
    groups.emplace_back(first, next);
    first = next;
  }
  return groups;
}

}  // namespace barnabas::log
