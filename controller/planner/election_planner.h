// Election planner: the preferred replica leads again.
//
// What: for each partition asked for, the first replica of its list leads if
//   it is in sync, live and does not drain; else the partition stays as it is
//   and is told so.
// Units: counts. Ranges: at most kItemsPerCallMax results, failures and
//   changes; the counts cover all.
// Empty case: no topics named means all; partitions without a leader are
//   elected by themselves when a replica in sync returns (partition_planner.h).
// Thread: pure function.
// Errors: of the call: UNKNOWN_TOPIC, UNKNOWN_PARTITION, LIMIT_EXCEEDED; of
//   items: PREFERRED_LEADER_NOT_AVAILABLE with the reason.
// Always true: only members of the ISR are elected.
#ifndef BARNABAS_CONTROLLER_PLANNER_ELECTION_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_ELECTION_PLANNER_H_

#include "absl/status/statusor.h"
#include "barnabas/v1/cluster_admin.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"

namespace barnabas::planner {

absl::StatusOr<command::Planned<v1::ElectLeadersResponse>> PlanElection(
    const PlanContext& context, const v1::ElectLeadersRequest& request);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_ELECTION_PLANNER_H_
