#include "controller/planner/voters_planner.h"

#include "proto/types/error.h"

namespace barnabas::planner {

absl::StatusOr<command::Planned<v1::AddVoterResponse>> PlanVoters(
    const PlanContext& context, const internal::v1::VotersRecord& voters) {
  if (voters.voters().empty()) {
    return MakeError(ErrorCode::kInvalidRequest, "a quorum needs voters",
                     "barnabas quorum status");
  }
  command::Planned<v1::AddVoterResponse> planned;
  *planned.records.emplace_back().mutable_voters() = voters;
  planned.response.set_metadata_version(context.offset.value());
  return planned;
}

}  // namespace barnabas::planner
