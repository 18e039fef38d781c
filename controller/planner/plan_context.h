// PlanContext: what every planner is told.
//
// What: the image to decide on, where the decision will stand, when it is
//   made, and a number to draw from. The same context and command give the
//   same plan.
// Units: wall milliseconds. Ranges: offset is above the image's version.
// Empty case: none.
// Thread: a plain value; it borrows the image. Errors: none.
#ifndef BARNABAS_CONTROLLER_PLANNER_PLAN_CONTEXT_H_
#define BARNABAS_CONTROLLER_PLANNER_PLAN_CONTEXT_H_

#include <cstdint>

#include "metadata/image/cluster_image.h"
#include "proto/types/limits.h"
#include "proto/types/offsets.h"

namespace barnabas::planner {

struct PlanContext {
  const image::ClusterImage& image;
  // Offset of the entry that the plan's records would become.
  LogIndex offset;
  int64_t now_ms = 0;
  uint64_t seed = 0;
  // Replicas of a new partition that begin in sync. While brokers do not copy
  // records to each other it is 1: the leader alone.
  int32_t in_sync_max = kReplicationFactorMax;
};

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_PLAN_CONTEXT_H_
