// When a log begins a new segment (kafka-facts 4.6).
//
// What: MustRoll says whether the active segment cannot take `header` any
//   more: it would be too large, is too old, an index is full, or relative
//   offsets would not fit.
// Units: bytes; milliseconds. Age counts from the first batch's timestamp to
//   the new one's; without timestamps from creation to now.
// Empty case: an empty segment takes every batch; asking is the caller's.
// Thread: pure functions of the writer's segment. Errors: none.
#ifndef BARNABAS_STORAGE_LOG_ROLL_RULE_H_
#define BARNABAS_STORAGE_LOG_ROLL_RULE_H_

#include <cstdint>

#include "proto/types/offsets.h"
#include "storage/log/log_config.h"
#include "storage/log/segment.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

// `seed` decides the jitter, together with the segment's base.
bool MustRoll(const Segment& active, const record::BatchHeader& header,
              const LogConfig& config, uint64_t seed, int64_t now_ms);

// Whether the segment is old enough to be closed although nothing comes. By
// this machine's clock: records may tell of other times.
bool IsAged(const Segment& active, const LogConfig& config, uint64_t seed,
            int64_t now_ms);

// How much earlier than segment_ms the segment at `base` is rolled:
// [0, jitter_ms_max).
int64_t RollJitterMs(uint64_t seed, Offset base, int64_t jitter_ms_max);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_ROLL_RULE_H_
