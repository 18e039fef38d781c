// Effects: what the world must now do for the active controller.
//
// What: the output of ActiveController::Step. The driver carries out the lists
//   in this order: appends (in order), sends, replies, ends; then it calls
//   Step with Tick no later than the deadline.
// Units: next_deadline on the monotonic clock of the events.
// Empty case: empty lists: nothing to do.
// Thread: plain values.
// Errors: `failed` is not OK when a committed entry cannot be replayed: the
//   process must stop, since it does not know the truth any more.
#ifndef BARNABAS_CONTROLLER_ACTIVE_EFFECTS_H_
#define BARNABAS_CONTROLLER_ACTIVE_EFFECTS_H_

#include <optional>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "barnabas/v1/cluster_admin.pb.h"
#include "barnabas/v1/config_admin.pb.h"
#include "barnabas/v1/quorum_admin.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "controller/active/event.h"
#include "proto/types/offsets.h"

namespace barnabas::active {

// Append to the quorum's log in `term`. If the entry would not get
// `expected_offset`, or the term is over, it must not be appended; a
// LostLeadership then follows.
struct Append {
  LogIndex expected_offset;
  Term term;
  internal::v1::MetadataEntry entry;
};

// In the order of AdminRequest.
using AdminResponse =
    std::variant<v1::CreateTopicsResponse, v1::AlterTopicsResponse,
                 v1::AddPartitionsResponse, v1::DeleteTopicsResponse,
                 v1::AlterConfigResponse,
                 internal::v1::AllocateProducerIdsResponse,
                 v1::AddVoterResponse, v1::DrainBrokersResponse,
                 v1::UndrainBrokersResponse, v1::DecommissionBrokersResponse,
                 v1::ElectLeadersResponse, v1::UpdateFeaturesResponse>;

struct Reply {
  CorrelationId id;
  absl::StatusOr<AdminResponse> response;
};

struct SessionSend {
  SessionId session;
  internal::v1::BrokerSessionResponse message;
};

// Finish the stream with `status`. No SessionClosed is expected for it; one
// does no harm.
struct SessionEnd {
  SessionId session;
  absl::Status status;
};

struct Effects {
  std::vector<Append> appends;
  std::vector<SessionSend> sends;
  std::vector<Reply> replies;
  std::vector<SessionEnd> ends;
  std::optional<absl::Duration> next_deadline;
  absl::Status failed;
};

}  // namespace barnabas::active

#endif  // BARNABAS_CONTROLLER_ACTIVE_EFFECTS_H_
