// RaftMembers: QuorumMembers over Raft's core.
//
// What: see quorum_members.h. Also turns a proposed VotersRecord into the one
//   change that the core knows.
// Place: part of raft_quorum.
// Units: ticks of 10 ms inside. Empty case: as the core's.
// Thread: the loop's. Errors: as quorum_members.h.
#ifndef BARNABAS_CONTROLLER_QUORUM_RAFT_MEMBERS_H_
#define BARNABAS_CONTROLLER_QUORUM_RAFT_MEMBERS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/quorum/quorum_members.h"
#include "metadata/raft/core.h"

namespace barnabas::quorum {

class RaftMembers final : public QuorumMembers {
 public:
  // Both outlive it. `settle` carries out what the core wants.
  RaftMembers(raft::Core* core, std::function<void()> settle);

  std::vector<MemberFacts> Describe() const override;
  absl::Status Learn(const raft::Voter& learner) override;
  bool CaughtUp(const raft::ReplicaKey& learner) const override;
  absl::StatusOr<internal::v1::VotersRecord> With(
      const raft::Voter& voter) const override;
  absl::StatusOr<internal::v1::VotersRecord> Without(
      NodeId node) const override;
  absl::Status Transfer(NodeId successor) override;
  absl::Status HandOver() override;

  // Proposes the change to `voters`, whose entry has the bytes `value`.
  absl::StatusOr<LogIndex> Propose(const raft::VoterSet& voters,
                                   const std::string& value);
  // Whom to stay connected with, if that is new: voters, who learns, who
  // leaves.
  std::optional<std::vector<raft::Voter>> TakeNewPeers();

 private:
  std::vector<raft::Voter> Peers() const;
  const raft::Replica& replica() const { return core_->replica(); }
  const raft::VoterSet& voters() const {
    return replica().membership.current();
  }
  absl::Status RequireChangeable() const;
  MemberFacts FactsOf(const raft::Voter& replica, bool votes) const;

  raft::Core* const core_;
  const std::function<void()> settle_;

  // Who learns, and who was removed last and shall hear of it; count while this
  // node leads.
  std::optional<raft::Voter> learner_;
  std::optional<raft::Voter> leaving_;
  // As they were taken last.
  std::optional<std::vector<raft::Voter>> peers_;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_RAFT_MEMBERS_H_
