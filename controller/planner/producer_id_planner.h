// Producer id planner: blocks of ids that are never given out twice.
//
// What: reserves the next block for a registered broker. What a broker does
//   not use of its block is lost, harmlessly.
// Units: ids from 0. Empty case: the first block begins at 0.
// Thread: pure function.
// Errors: BROKER_NOT_REGISTERED, STALE_BROKER_EPOCH; LIMIT_EXCEEDED when 63
//   bits of ids are used up.
#ifndef BARNABAS_CONTROLLER_PLANNER_PRODUCER_ID_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_PRODUCER_ID_PLANNER_H_

#include "absl/status/statusor.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"

namespace barnabas::planner {

absl::StatusOr<command::Planned<internal::v1::AllocateProducerIdsResponse>>
PlanProducerIds(const PlanContext& context,
                const internal::v1::AllocateProducerIdsRequest& request);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_PRODUCER_ID_PLANNER_H_
