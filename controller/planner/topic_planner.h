// Topic planner: create, delete, add partitions.
//
// What: each call has several items; each item succeeds or fails by itself
//   and has a result, and what succeeds is one entry. Items are checked in
//   order, each on top of those before it.
// Units: counts. Ranges: limits.h.
// Empty case: a call without items is refused as a whole.
// Thread: pure functions.
// Errors: of the call: INVALID_REQUEST, LIMIT_EXCEEDED; of items: as named in
//   error.proto, message naming topic, value and bound, with a hint.
// Always true: with validate_only there are no records.
#ifndef BARNABAS_CONTROLLER_PLANNER_TOPIC_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_TOPIC_PLANNER_H_

#include "absl/status/statusor.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"

namespace barnabas::planner {

absl::StatusOr<command::Planned<v1::CreateTopicsResponse>> PlanCreateTopics(
    const PlanContext& context, const v1::CreateTopicsRequest& request);

absl::StatusOr<command::Planned<v1::AddPartitionsResponse>> PlanAddPartitions(
    const PlanContext& context, const v1::AddPartitionsRequest& request);

absl::StatusOr<command::Planned<v1::DeleteTopicsResponse>> PlanDeleteTopics(
    const PlanContext& context, const v1::DeleteTopicsRequest& request);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_TOPIC_PLANNER_H_
