#include "metadata/raft/core.h"

#include <glog/logging.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/raft/election.h"
#include "metadata/raft/replication.h"
#include "metadata/raft/snapshot_transfer.h"
#include "proto/types/error.h"
#include "proto/types/seeded_bug.h"
#include "proto/types/status_macros.h"

namespace barnabas::raft {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

bool IsFromLeader(const Message& message) {
  return std::holds_alternative<AppendRequest>(message.body) ||
         std::holds_alternative<SnapshotChunk>(message.body) ||
         std::holds_alternative<TransferRequest>(message.body);
}

// Votes look at terms themselves: a loyal follower does not move for a
// request, and who grants a pre-vote may be of an older term.
bool IsVote(const Message& message) {
  return std::holds_alternative<VoteRequest>(message.body) ||
         std::holds_alternative<VoteReply>(message.body);
}

}  // namespace

Core::Core(const Options& options, const ReplicaKey& self, const Found& found)
    : replica_(options, self, found.hard, found.log) {
  if (!found.snapshot_voters.empty()) {
    replica_.membership.Reset(replica_.log.snapshot().index,
                              found.snapshot_voters);
  }
  for (const Entry& entry : found.voter_entries) {
    replica_.membership.OnAppend(entry);
  }
  // A term may have been written to the log by a leader before it reached the
  // hard state of this node; it must never fall behind (R4).
  if (replica_.log.last().term > replica_.hard.term) {
    replica_.SetHardState(HardState{replica_.log.last().term, std::nullopt});
  }
  // The bootstrap entry is the same on all first voters.
  if (replica_.commit == kNoIndex &&
      replica_.log.TermAt(LogIndex(0)) == kNoTerm) {
    replica_.commit = LogIndex(0);
    replica_.effects.commit = LogIndex(0);
  }
}

void Core::Tick() {
  if (replica_.role == Role::kLeader) {
    TickLeader(replica_);
  } else {
    TickElection(replica_);
  }
}

void Core::Step(const Message& message) {
  if (message.to != replica_.self) {
    replica_.Fact(absl::StrCat("message dropped: it is for node ",
                               message.to.id.value(), " directory ",
                               message.to.directory.ToString()));
    return;
  }
  if (message.from == replica_.self) return;
  if (AdmitTerm(message)) Dispatch(message);
}

bool Core::AdmitTerm(const Message& message) {
  if (message.term < replica_.hard.term && !IsVote(message)) {
    RefuseOld(message);
    return false;
  }
  if (message.term > replica_.hard.term &&
      !std::holds_alternative<VoteRequest>(message.body)) {
    const std::optional<ReplicaKey> leader =
        IsFromLeader(message) ? std::optional(message.from) : std::nullopt;
    BecomeFollower(replica_, message.term, leader);
  }
  if (IsFromLeader(message) && replica_.role == Role::kLeader) {
    replica_.Fact(absl::StrCat("message dropped: node ",
                               message.from.id.value(),
                               " claims to lead the term of this leader"));
    return false;
  }
  return true;
}

void Core::RefuseOld(const Message& message) {
  if (!IsFromLeader(message)) return;
  // Tells an old leader of the newer term.
  AppendReply reply;
  reply.hint = replica_.log.last();
  replica_.Send(message.from, reply);
}

void Core::Dispatch(const Message& message) {
  std::visit(
      Overloaded{
          [&](const VoteRequest& body) {
            OnVoteRequest(replica_, message, body);
          },
          [&](const VoteReply& body) { OnVoteReply(replica_, message, body); },
          [&](const AppendRequest& body) {
            OnAppendRequest(replica_, message, body);
          },
          [&](const AppendReply& body) {
            OnAppendReply(replica_, message, body);
          },
          [&](const SnapshotChunk& body) {
            OnSnapshotChunk(replica_, message, body);
          },
          [&](const SnapshotReply& body) {
            OnSnapshotReply(replica_, message, body);
          },
          [&](const TransferRequest&) {
            Campaign(replica_, /*transfer=*/true);
          },
      },
      message.body);
}

void Core::Persisted(uint64_t persist_id) {
  bool hard_moved = false;
  while (!replica_.handed.empty() &&
         replica_.handed.front().persist_id <= persist_id) {
    const Handed handed = std::move(replica_.handed.front());
    replica_.handed.pop_front();
    hard_moved = hard_moved || !(replica_.durable_hard == handed.hard);
    replica_.durable_hard = handed.hard;
    replica_.log.MarkDurable(handed.last);
  }
  if (hard_moved) OnHardStateDurable(replica_);
  AdvanceCommit(replica_);
}

absl::Status Core::RequireLeader() const {
  if (replica_.role == Role::kLeader &&
      !replica_.leadership.successor.has_value()) {
    return absl::OkStatus();
  }
  const std::string known =
      replica_.leader.has_value()
          ? absl::StrCat("node ", replica_.leader->id.value(), " leads")
          : "no leader is known";
  return MakeError(
      ErrorCode::kNotController,
      absl::StrCat("this controller does not lead the quorum; ", known),
      "barnabas cluster info");
}

absl::Status Core::RequireRoom(const std::vector<std::string>& payloads) const {
  const int64_t waiting = Distance(replica_.commit, replica_.log.last().index) +
                          static_cast<int64_t>(payloads.size());
  int64_t bytes = 0;
  for (const std::string& payload : payloads) {
    bytes += static_cast<int64_t>(payload.size());
  }
  if (waiting > replica_.options.uncommitted_entries_max ||
      uncommitted_bytes_ + bytes > replica_.options.uncommitted_bytes_max) {
    return MakeError(ErrorCode::kOverloaded,
                     absl::StrCat(waiting,
                                  " metadata entries wait for a "
                                  "majority of the controllers"),
                     "try again; look for slow or missing controllers");
  }
  return absl::OkStatus();
}

absl::StatusOr<LogIndex> Core::Propose(std::vector<std::string> payloads) {
  RETURN_IF_ERROR(RequireLeader());
  RETURN_IF_ERROR(RequireRoom(payloads));
  std::vector<Entry> entries;
  for (std::string& payload : payloads) {
    Entry entry;
    entry.payload = std::make_shared<const std::string>(std::move(payload));
    entries.push_back(std::move(entry));
  }
  const LogIndex first = replica_.log.last().index.Next();
  LogIndex index = first;
  for (const Entry& entry : entries) {
    NoteUncommitted(index, static_cast<int64_t>(entry.SizeBytes()));
    index = index.Next();
  }
  AppendAsLeader(replica_, std::move(entries));
  return first;
}

void Core::NoteUncommitted(LogIndex index, int64_t bytes) {
  uncommitted_.emplace_back(index, bytes);
  uncommitted_bytes_ += bytes;
}

void Core::ForgetCommitted() {
  const bool leads = replica_.role == Role::kLeader;
  while (!uncommitted_.empty() &&
         (!leads || uncommitted_.front().first <= replica_.commit)) {
    uncommitted_bytes_ -= uncommitted_.front().second;
    uncommitted_.pop_front();
  }
}

absl::Status Core::RequireChangeable() const {
  RETURN_IF_ERROR(RequireLeader());
  // Without this, two leaders' changes may have majorities that do not meet
  // (the error in the dissertation that was found later; R14).
  if (replica_.commit < replica_.leadership.first_of_term) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "voters cannot change yet: the leader has committed "
                     "nothing in its term",
                     "try again in a moment");
  }
  if (replica_.membership.last_change() > replica_.commit &&
      !SEEDED_BUG(kTwoChangesAtOnce)) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "voters cannot change: another change is under way",
                     "barnabas quorum status");
  }
  return absl::OkStatus();
}

absl::StatusOr<LogIndex> Core::ChangeVoters(VoterSet voters) {
  Entry entry;
  entry.kind = EntryKind::kVoters;
  entry.voters = std::make_shared<const VoterSet>(std::move(voters));
  const LogIndex index = replica_.log.last().index.Next();
  AppendAsLeader(replica_, {std::move(entry)});
  const std::optional<ReplicaKey>& learner = replica_.leadership.learner;
  if (learner.has_value() && replica_.membership.current().Contains(*learner)) {
    replica_.leadership.learner.reset();
  }
  return index;
}

absl::StatusOr<LogIndex> Core::AddVoter(const Voter& voter) {
  RETURN_IF_ERROR(RequireChangeable());
  std::optional<VoterSet> voters = replica_.membership.current().With(voter);
  if (!voters.has_value()) {
    return MakeError(
        ErrorCode::kInvalidRequest,
        absl::StrCat("node ", voter.key.id.value(),
                     " is a voter already, or there are ", kVotersMax),
        "barnabas quorum status");
  }
  const auto peer = replica_.leadership.peers.find(voter.key);
  const LogIndex last = replica_.log.last().index;
  if (peer == replica_.leadership.peers.end() ||
      Distance(peer->second.match(), last) >
          replica_.options.caught_up_entries) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("node ", voter.key.id.value(),
                                  " has not caught up with the metadata log"),
                     "start it, wait for `barnabas quorum status`");
  }
  return ChangeVoters(*std::move(voters));
}

absl::StatusOr<LogIndex> Core::RemoveVoter(const ReplicaKey& key) {
  RETURN_IF_ERROR(RequireChangeable());
  std::optional<VoterSet> voters = replica_.membership.current().Without(key);
  if (!voters.has_value()) {
    return MakeError(
        ErrorCode::kInvalidRequest,
        absl::StrCat("node ", key.id.value(), " directory ",
                     key.directory.ToString(), " is no voter, or the only one"),
        "barnabas quorum status");
  }
  return ChangeVoters(*std::move(voters));
}

absl::Status Core::AddLearner(const ReplicaKey& key) {
  RETURN_IF_ERROR(RequireLeader());
  if (key == replica_.self) return absl::OkStatus();
  replica_.leadership.learner = key;
  replica_.leadership.peers.try_emplace(key, replica_.log.last().index);
  SendEntries(replica_, key);
  return absl::OkStatus();
}

absl::Status Core::TransferLeadership(const ReplicaKey& successor) {
  RETURN_IF_ERROR(RequireLeader());
  if (successor == replica_.self) return absl::OkStatus();
  if (!replica_.membership.current().Contains(successor)) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("node ", successor.id.value(),
                                  " is no voter, so it cannot lead"),
                     "barnabas quorum status");
  }
  replica_.leadership.successor = successor;
  replica_.leadership.transfer_ticks = 0;
  SendEntries(replica_, successor);
  ContinueTransfer(replica_);
  return absl::OkStatus();
}

absl::Status Core::Read(uint64_t read) {
  RETURN_IF_ERROR(RequireLeader());
  BeginRead(replica_, read);
  return absl::OkStatus();
}

void Core::PeerLost(const ReplicaKey& peer, bool gone) {
  const auto found = replica_.leadership.peers.find(peer);
  if (found != replica_.leadership.peers.end()) found->second.OnLost();
  if (gone && replica_.leader == peer) OnLeaderGone(replica_);
}

void Core::OnSnapshotStored(const SnapshotStored& stored) {
  AnswerSnapshotChunk(replica_, stored.from, stored.id, stored.next_position,
                      stored.installed, stored.voters);
}

Effects Core::TakeEffects() {
  SendAppended(replica_);
  if (replica_.effects.NeedsPersisting()) {
    replica_.handed.push_back(
        Handed{++replica_.persist_id, replica_.hard, replica_.log.last()});
  }
  if (replica_.effects.NeedsPersisting() ||
      !replica_.effects.after_durable.empty()) {
    replica_.effects.persist_id = replica_.persist_id;
  }
  ForgetCommitted();
  return std::exchange(replica_.effects, Effects());
}

}  // namespace barnabas::raft
