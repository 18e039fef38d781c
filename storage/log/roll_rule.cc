#include "storage/log/roll_rule.h"

#include <algorithm>
#include <limits>

#include "storage/log/format.h"

namespace barnabas::log {

int64_t RollJitterMs(uint64_t seed, Offset base, int64_t jitter_ms_max) {
  if (jitter_ms_max <= 0) return 0;
  // SplitMix64's finaliser: neighbouring offsets give unrelated values.
  uint64_t mixed =
      seed + static_cast<uint64_t>(base.value()) + 0x9e3779b97f4a7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31;
  return static_cast<int64_t>(mixed % static_cast<uint64_t>(jitter_ms_max));
}

bool IsAged(const Segment& active, const LogConfig& config, uint64_t seed,
            int64_t now_ms) {
  const int64_t age_max_ms =
      std::min(config.segment_open_ms_max,
               config.segment_ms -
                   RollJitterMs(seed, active.base(), config.segment_jitter_ms));
  return now_ms - active.age().created_ms > age_max_ms;
}

bool MustRoll(const Segment& active, const record::BatchHeader& header,
              const LogConfig& config, uint64_t seed, int64_t now_ms) {
  const int64_t bytes_max = std::min(config.segment_bytes, kSegmentBytesMax);
  if (active.size() + header.SizeBytes() > bytes_max) return true;
  if (Distance(active.base(), header.LastOffset()) >
      std::numeric_limits<int32_t>::max()) {
    return true;
  }
  if (active.index().IsFull(config.segment_index_bytes)) return true;
  const Segment::Age& age = active.age();
  const bool by_batches =
      age.first_batch_ms.has_value() && header.max_timestamp_ms >= 0;
  const int64_t waited_ms = by_batches
                                ? header.max_timestamp_ms - *age.first_batch_ms
                                : now_ms - age.created_ms;
  return waited_ms > config.segment_ms - RollJitterMs(seed, active.base(),
                                                      config.segment_jitter_ms);
}

}  // namespace barnabas::log
