// QuorumMembers: who takes part in the quorum, and how that is changed.
//
// What: describes voters and learners, and makes ready for changes. A change
//   itself is an entry like any other: the active controller proposes a
//   VotersRecord, alone in its entry, so that its own idea of the log's end
//   stays right. `With` and `Without` give that record, if it may be proposed
//   now.
// Place: given by MetadataQuorum::members.
// Units: indexes, absl::Duration. Empty case: a joiner knows no voters.
// Thread: all on the loop.
// Errors: NOT_CONTROLLER where only the leader can; INVALID_REQUEST for a
//   change that cannot be made (now), with the reason.
// Always true: R14: at most one change is under way, and none before the leader
//   has committed an entry of its own.
#ifndef BARNABAS_CONTROLLER_QUORUM_QUORUM_MEMBERS_H_
#define BARNABAS_CONTROLLER_QUORUM_QUORUM_MEMBERS_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "metadata/raft/types.h"

namespace barnabas::quorum {

struct MemberFacts {
  raft::Voter replica;
  bool votes = false;
  bool leads = false;
  // One past what it is known to hold durably; nullopt if it is not.
  std::optional<LogIndex> log_end;
  std::optional<absl::Duration> silent;
};

class QuorumMembers {
 public:
  virtual ~QuorumMembers() = default;

  // In order of id.
  virtual std::vector<MemberFacts> Describe() const = 0;

  // The leader sends to it although it does not vote. One at a time.
  virtual absl::Status Learn(const raft::Voter& learner) = 0;
  virtual bool CaughtUp(const raft::ReplicaKey& learner) const = 0;

  // All voters after the change.
  virtual absl::StatusOr<internal::v1::VotersRecord> With(
      const raft::Voter& voter) const = 0;
  virtual absl::StatusOr<internal::v1::VotersRecord> Without(
      NodeId node) const = 0;

  // Asks a voter to call an election; it has been asked when this returns.
  virtual absl::Status Transfer(NodeId successor) = 0;
  // The same with whoever holds most of the log; INVALID_REQUEST if this is the
  // only voter.
  virtual absl::Status HandOver() = 0;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_QUORUM_MEMBERS_H_
