#include "controller/quorum/raft_members.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/quorum/entry_codec.h"
#include "controller/quorum/voter_codec.h"
#include "proto/types/error.h"
#include "proto/types/seeded_bug.h"
#include "proto/types/status_macros.h"

namespace barnabas::quorum {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(10);

absl::Status Refused(const std::string& what) {
  return MakeError(ErrorCode::kInvalidRequest, what, "barnabas quorum status");
}

internal::v1::VotersRecord RecordOf(const raft::VoterSet& voters) {
  internal::v1::VotersRecord record;
  WriteVoters(voters, record.mutable_voters());
  return record;
}

}  // namespace

RaftMembers::RaftMembers(raft::Core* core, std::function<void()> settle)
    : core_(core), settle_(std::move(settle)) {}

MemberFacts RaftMembers::FactsOf(const raft::Voter& member, bool votes) const {
  MemberFacts facts;
  facts.replica = member;
  facts.votes = votes;
  facts.leads = replica().leader == member.key;
  if (member.key == replica().self) {
    facts.log_end = replica().log.durable().Next();
    facts.silent = absl::ZeroDuration();
    return facts;
  }
  const auto& peers = replica().leadership.peers;
  const auto peer = peers.find(member.key);
  if (peer == peers.end()) return facts;
  facts.log_end = peer->second.match().Next();
  facts.silent = kTick * peer->second.silent_ticks();
  return facts;
}

std::vector<MemberFacts> RaftMembers::Describe() const {
  std::vector<MemberFacts> members;
  for (const raft::Voter& voter : voters().voters()) {
    members.push_back(FactsOf(voter, /*votes=*/true));
  }
  const bool leads = replica().role == raft::Role::kLeader;
  if (leads && learner_.has_value() && !voters().Contains(learner_->key)) {
    members.push_back(FactsOf(*learner_, /*votes=*/false));
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const MemberFacts& a, const MemberFacts& b) {
                     return a.replica.key.id < b.replica.key.id;
                   });
  return members;
}

absl::Status RaftMembers::RequireChangeable() const {
  if (replica().role != raft::Role::kLeader) {
    return MakeError(ErrorCode::kNotController,
                     "this controller does not lead the quorum",
                     "ask another controller");
  }
  if (replica().commit < replica().leadership.first_of_term) {
    return Refused(
        "voters cannot change yet: the leader has committed nothing in its "
        "term");
  }
  if (replica().membership.last_change() > replica().commit &&
      !SEEDED_BUG(kTwoChangesAtOnce)) {
    return Refused("voters cannot change: another change is under way");
  }
  if (replica().leadership.successor.has_value()) {
    return Refused("voters cannot change: leadership is being handed over");
  }
  return absl::OkStatus();
}

absl::Status RaftMembers::Learn(const raft::Voter& learner) {
  RETURN_IF_ERROR(RequireChangeable());
  if (!voters().With(learner).has_value()) {
    return Refused(absl::StrCat("controller ", learner.key.id.value(),
                                " votes already, or there are ",
                                raft::kVotersMax, " voters"));
  }
  learner_ = learner;
  // Connected first, so that what is sent finds its way.
  settle_();
  RETURN_IF_ERROR(core_->AddLearner(learner.key));
  settle_();
  return absl::OkStatus();
}

bool RaftMembers::CaughtUp(const raft::ReplicaKey& learner) const {
  const auto& peers = replica().leadership.peers;
  const auto peer = peers.find(learner);
  if (peer == peers.end() || peer->second.match() == raft::kNoIndex) {
    return false;
  }
  return Distance(peer->second.match(), replica().log.last().index) <=
         replica().options.caught_up_entries;
}

absl::StatusOr<internal::v1::VotersRecord> RaftMembers::With(
    const raft::Voter& voter) const {
  RETURN_IF_ERROR(RequireChangeable());
  const std::optional<raft::VoterSet> next = voters().With(voter);
  if (!next.has_value()) {
    return Refused(absl::StrCat("controller ", voter.key.id.value(),
                                " votes already, or there are ",
                                raft::kVotersMax, " voters"));
  }
  if (!CaughtUp(voter.key)) {
    return Refused(absl::StrCat("controller ", voter.key.id.value(),
                                " has not caught up with the metadata log"));
  }
  return RecordOf(*next);
}

absl::StatusOr<internal::v1::VotersRecord> RaftMembers::Without(
    NodeId node) const {
  RETURN_IF_ERROR(RequireChangeable());
  const raft::Voter* const voter = voters().FindNode(node);
  const std::optional<raft::VoterSet> next =
      voter == nullptr ? std::nullopt : voters().Without(voter->key);
  if (!next.has_value()) {
    return Refused(
        absl::StrCat("controller ", node.value(),
                     " does not vote, or is the only one that does"));
  }
  return RecordOf(*next);
}

absl::Status RaftMembers::Transfer(NodeId successor) {
  RETURN_IF_ERROR(RequireChangeable());
  const raft::Voter* const voter = voters().FindNode(successor);
  if (voter == nullptr) {
    return Refused(absl::StrCat("controller ", successor.value(),
                                " does not vote, so it cannot lead"));
  }
  RETURN_IF_ERROR(core_->TransferLeadership(voter->key));
  settle_();
  return absl::OkStatus();
}

absl::Status RaftMembers::HandOver() {
  std::optional<NodeId> best;
  LogIndex match = raft::kNoIndex;
  for (const auto& [key, peer] : replica().leadership.peers) {
    if (!voters().Contains(key) || peer.match() <= match) continue;
    best = key.id;
    match = peer.match();
  }
  if (!best.has_value()) return Refused("nobody else can lead");
  return Transfer(*best);
}

absl::StatusOr<LogIndex> RaftMembers::Propose(const raft::VoterSet& next,
                                              const std::string& value) {
  // The core writes the entry itself; its bytes are those that were planned.
  if (VotersValue(next) != value) {
    return Refused("a change of voters stands alone in its entry");
  }
  for (const raft::Voter& voter : next.voters()) {
    if (voters().With(voter) != next) continue;
    ASSIGN_OR_RETURN(const LogIndex index, core_->AddVoter(voter));
    if (learner_ == voter) learner_.reset();
    return index;
  }
  for (const raft::Voter& voter : voters().voters()) {
    if (voters().Without(voter.key) != next) continue;
    const raft::Voter removed = voter;
    ASSIGN_OR_RETURN(const LogIndex index, core_->RemoveVoter(removed.key));
    leaving_ = removed;
    return index;
  }
  return Refused("voters come and go one at a time");
}

std::optional<std::vector<raft::Voter>> RaftMembers::TakeNewPeers() {
  std::vector<raft::Voter> peers = Peers();
  if (peers_ == peers) return std::nullopt;
  peers_ = std::move(peers);
  return peers_;
}

std::vector<raft::Voter> RaftMembers::Peers() const {
  std::vector<raft::Voter> peers;
  for (const raft::Voter& voter : voters().voters()) {
    if (voter.key != replica().self) peers.push_back(voter);
  }
  if (replica().role != raft::Role::kLeader) return peers;
  const auto add = [&](const raft::Voter& other) {
    if (other.key == replica().self) return;
    if (voters().FindNode(other.key.id) == nullptr) peers.push_back(other);
  };
  if (learner_.has_value()) add(*learner_);
  // Until it knows that it was removed.
  if (leaving_.has_value() &&
      replica().leadership.peers.contains(leaving_->key)) {
    add(*leaving_);
  }
  return peers;
}

}  // namespace barnabas::quorum
