// Drain planner: brokers that hand over, take part again, or go for good.
//
// What: the rules of ClusterAdmin for brokers.
//
//   | before                   | asked          | after                    |
//   |--------------------------|----------------|--------------------------|
//   | any                      | drain          | draining; other replicas |
//   |                          |                | in sync lead instead     |
//   | draining                 | undrain        | welcome again            |
//   | running, or heard of     | decommission   | refused                  |
//   | fenced, holds replicas   | decommission   | refused, naming them     |
//   | fenced, holds none       | decommission   | forgotten, with settings |
//
//   Brokers of one call that drain do not hand over to each other.
// Units: counts. Empty case: a call without brokers is refused.
// Thread: pure functions.
// Errors: of the call: INVALID_REQUEST, LIMIT_EXCEEDED, and
//   UNSUPPORTED_FEATURE while the cluster's level knows no draining; of items:
//   BROKER_NOT_REGISTERED, BROKER_IN_USE.
// Always true: C2 and C4 hold after each record; draining takes no partition's
//   only leader away.
#ifndef BARNABAS_CONTROLLER_PLANNER_DRAIN_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_DRAIN_PLANNER_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/cluster_admin.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"
#include "proto/types/ids.h"

namespace barnabas::planner {

absl::StatusOr<command::Planned<v1::DrainBrokersResponse>> PlanDrain(
    const PlanContext& context, const v1::DrainBrokersRequest& request);

absl::StatusOr<command::Planned<v1::UndrainBrokersResponse>> PlanUndrain(
    const PlanContext& context, const v1::UndrainBrokersRequest& request);

// `connected`: its session stands, whether it is fenced or not.
absl::StatusOr<command::Planned<v1::DecommissionBrokersResponse>>
PlanDecommission(const PlanContext& context,
                 const v1::DecommissionBrokersRequest& request,
                 absl::FunctionRef<bool(BrokerId)> connected);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_DRAIN_PLANNER_H_
