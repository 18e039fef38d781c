// Feature planner: levels that all nodes understand are raised.
//
// What: a level is raised when this controller, every other voter and every
//   registered broker, also a fenced one, understands it: whoever does not
//   would stop at the first record of that level.
// Units: levels. Empty case: a call without updates is refused.
// Thread: pure function.
// Errors: of the call: INVALID_REQUEST; of items: FEATURE_UPDATE_FAILED naming
//   the node, NOTHING_TO_CHANGE, INVALID_REQUEST for an unknown feature.
// Always true: levels only rise.
#ifndef BARNABAS_CONTROLLER_PLANNER_FEATURE_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_FEATURE_PLANNER_H_

#include "absl/status/statusor.h"
#include "barnabas/v1/cluster_admin.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"
#include "metadata/view/feature_view.h"

namespace barnabas::planner {

// A call, and what is known of the voters at this moment.
struct FeatureUpdates {
  v1::UpdateFeaturesRequest request;
  std::vector<view::VoterFeatures> voters;
};

absl::StatusOr<command::Planned<v1::UpdateFeaturesResponse>> PlanUpdateFeatures(
    const PlanContext& context, const FeatureUpdates& updates);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_FEATURE_PLANNER_H_
