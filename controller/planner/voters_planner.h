// Voters planner: a change of the quorum's voters.
//
// What: the record stands alone in its entry; whether the change may be made is
//   the quorum's to say, before it is asked for (quorum_members.h).
// Units: none. Empty case: no voters is INVALID_REQUEST.
// Thread: pure function. Errors: INVALID_REQUEST.
#ifndef BARNABAS_CONTROLLER_PLANNER_VOTERS_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_VOTERS_PLANNER_H_

#include "absl/status/statusor.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "barnabas/v1/quorum_admin.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"

namespace barnabas::planner {

absl::StatusOr<command::Planned<v1::AddVoterResponse>> PlanVoters(
    const PlanContext& context, const internal::v1::VotersRecord& voters);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_VOTERS_PLANNER_H_
