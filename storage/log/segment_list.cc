#include "storage/log/segment_list.h"

#include <algorithm>
#include <optional>

#include "absl/status/statusor.h"
#include "proto/types/status_macros.h"
#include "proto/types/units.h"
#include "storage/log/batch_walk.h"

namespace barnabas::log {
namespace {

// Small: batches are larger, and only their headers are wanted.
constexpr size_t kWindow = 4 * kKiB;

}  // namespace

size_t FindSegment(const SegmentList& segments, Offset offset) {
  const auto after = std::upper_bound(
      segments.begin(), segments.end(), offset,
      [](Offset wanted, const std::shared_ptr<Segment>& segment) {
        return wanted < segment->base();
      });
  return after == segments.begin()
             ? 0
             : static_cast<size_t>(after - segments.begin()) - 1;
}

int64_t SizeOf(const SegmentList& segments) {
  int64_t size = 0;
  for (const auto& segment : segments) size += segment->size();
  return size;
}

Offset KeptStart(const SegmentList& segments, std::optional<int64_t> oldest_ms,
                 std::optional<int64_t> bytes_max) {
  int64_t left = SizeOf(segments);
  size_t gone = 0;
  // The last one is active and stays.
  for (; gone + 1 < segments.size(); ++gone) {
    const Segment& segment = *segments[gone];
    const bool too_old = oldest_ms.has_value() &&
                         segment.index().max().timestamp_ms < *oldest_ms;
    const bool too_much =
        bytes_max.has_value() && left - segment.size() >= *bytes_max;
    if (!too_old && !too_much) break;
    left -= segment.size();
  }
  return segments[gone]->base();
}

absl::Status WalkHeaders(
    const SegmentList& segments, Offset from,
    absl::FunctionRef<void(const record::BatchHeader&)> visit) {
  for (size_t i = FindSegment(segments, from); i < segments.size(); ++i) {
    const Segment& segment = *segments[i];
    int64_t position = 0;
    if (segment.base() < from) {
      ASSIGN_OR_RETURN(position, segment.Locate(from));
    }
    BatchWalk walk(segment.file().get(), position, segment.size(),
                   WalkDepth::kHeaders, kWindow);
    while (true) {
      ASSIGN_OR_RETURN(const std::optional<BatchWalk::Step> step, walk.Next());
      if (!step.has_value()) break;
      visit(step->header);
    }
  }
  return absl::OkStatus();
}

}  // namespace barnabas::log
