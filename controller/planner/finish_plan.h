// FinishPlan: a plan whose records make its response true.
//
// What: with validate_only the records are dropped; the response tells the
//   metadata version at which it holds.
// Units: metadata offsets. Empty case: without records nothing changes.
// Thread: pure function. Errors: none.
#ifndef BARNABAS_CONTROLLER_PLANNER_FINISH_PLAN_H_
#define BARNABAS_CONTROLLER_PLANNER_FINISH_PLAN_H_

#include <utility>
#include <vector>

#include "barnabas/internal/v1/cluster_record.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"

namespace barnabas::planner {

template <typename Response>
command::Planned<Response> FinishPlan(
    const PlanContext& context, bool validate_only,
    std::vector<internal::v1::ClusterRecord> records, Response response) {
  if (validate_only) records.clear();
  response.set_metadata_version(records.empty()
                                    ? context.image.version().value()
                                    : context.offset.value());
  return {std::move(records), std::move(response)};
}

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_FINISH_PLAN_H_
