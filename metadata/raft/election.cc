#include "metadata/raft/election.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "metadata/raft/quorum.h"
#include "metadata/raft/replication.h"
#include "proto/types/seeded_bug.h"

namespace barnabas::raft {
namespace {

void DrawTimeout(Replica& replica) {
  replica.ballot.elapsed_ticks = 0;
  replica.ballot.timeout_ticks = replica.Draw(
      replica.options.election_ticks, 2 * replica.options.election_ticks);
}

// How long a campaign may take until it is tried again. Short at first: two who
// began at once would else both wait for a whole election timeout. It doubles,
// so that slow disks and long ways come to their votes as well.
void DrawRetry(Replica& replica) {
  const int32_t doublings = std::clamp(replica.ballot.campaigns - 1, 0, 16);
  const int32_t low = std::min(replica.options.election_ticks,
                               replica.options.evidence_ticks << doublings);
  replica.ballot.elapsed_ticks = 0;
  replica.ballot.timeout_ticks = replica.Draw(low, 2 * low);
}

// A follower that hears its leader refuses to unseat it (dissertation 4.2.3).
bool IsLoyal(const Replica& replica) {
  if (replica.role == Role::kLeader) return true;
  return replica.leader.has_value() &&
         replica.ballot.leaderless_ticks < replica.options.election_ticks;
}

void AskForVotes(Replica& replica, bool pre_vote, bool transfer) {
  VoteRequest request;
  request.pre_vote = pre_vote;
  request.transfer = transfer;
  request.last = replica.log.last();
  for (const Voter& voter : replica.membership.current().voters()) {
    if (voter.key == replica.self) continue;
    replica.Send(voter.key, request);
  }
}

void BecomeCandidate(Replica& replica, bool transfer) {
  replica.SetHardState(HardState{replica.hard.term.Next(), replica.self});
  replica.role = Role::kCandidate;
  replica.leader.reset();
  replica.ballot.granted.clear();
  replica.ballot.refused.clear();
  DrawRetry(replica);
  replica.NoteRole();
  AskForVotes(replica, /*pre_vote=*/false, transfer);
}

void JudgeVotes(Replica& replica) {
  const VoteOutcome outcome =
      CountVotes(replica.membership.current(), replica.ballot.granted,
                 replica.ballot.refused);
  switch (outcome) {
    case VoteOutcome::kPending:
      return;
    case VoteOutcome::kLost:
      BecomeFollower(replica, replica.hard.term, std::nullopt);
      DrawRetry(replica);
      return;
    case VoteOutcome::kWon:
      if (replica.role == Role::kPreCandidate) {
        BecomeCandidate(replica, /*transfer=*/false);
      } else {
        BecomeLeader(replica);
      }
      return;
  }
}

}  // namespace

void BecomeFollower(Replica& replica, Term term,
                    const std::optional<ReplicaKey>& leader) {
  const bool changed = replica.role != Role::kFollower ||
                       term > replica.hard.term || leader != replica.leader;
  if (replica.role == Role::kLeader) AbandonLeadership(replica);
  if (term > replica.hard.term) {
    replica.SetHardState(HardState{term, std::nullopt});
  }
  if (replica.role != Role::kFollower || leader.has_value()) {
    DrawTimeout(replica);
  }
  replica.role = Role::kFollower;
  replica.leader = leader;
  replica.ballot.granted.clear();
  replica.ballot.refused.clear();
  if (changed) replica.NoteRole();
}

void TickElection(Replica& replica) {
  Ballot& ballot = replica.ballot;
  ++ballot.elapsed_ticks;
  ++ballot.leaderless_ticks;
  if (!replica.MayCampaign()) {
    // Who cannot replace a leader must not believe in one for ever either:
    // whoever asks it would go on with what is old.
    if (replica.leader.has_value() &&
        ballot.leaderless_ticks > 2 * replica.options.election_ticks) {
      replica.leader.reset();
      replica.NoteRole();
    }
    return;
  }
  if (ballot.timeout_ticks == 0) {
    DrawTimeout(replica);
    // Nobody else could win: do not wait.
    if (replica.membership.current().size() == 1) ballot.timeout_ticks = 1;
  }
  if (ballot.elapsed_ticks >= ballot.timeout_ticks) {
    Campaign(replica, /*transfer=*/false);
  }
}

void Campaign(Replica& replica, bool transfer) {
  if (!replica.MayCampaign() || replica.role == Role::kLeader) return;
  ++replica.ballot.campaigns;
  if (transfer) {
    replica.ballot.cause = CampaignCause::kTransfer;
    return BecomeCandidate(replica, /*transfer=*/true);
  }
  replica.role = Role::kPreCandidate;
  replica.leader.reset();
  replica.ballot.granted = {replica.self};
  replica.ballot.refused.clear();
  DrawRetry(replica);
  replica.NoteRole();
  AskForVotes(replica, /*pre_vote=*/true, /*transfer=*/false);
  JudgeVotes(replica);
}

void OnVoteRequest(Replica& replica, const Message& message,
                   const VoteRequest& request) {
  VoteReply reply;
  reply.pre_vote = request.pre_vote;
  reply.asked = message.term;
  const bool loyal = IsLoyal(replica) && !request.transfer;
  const bool up_to_date =
      request.last >= replica.log.last() || SEEDED_BUG(kVotesForShorterLog);
  if (request.pre_vote) {
    reply.granted = !loyal && up_to_date && message.term >= replica.hard.term;
    replica.Send(message.from, reply);
    return;
  }
  if (loyal && message.term > replica.hard.term) {
    replica.Fact(absl::StrCat("vote refused to node ", message.from.id.value(),
                              ": a leader is being heard"));
    replica.Send(message.from, reply);
    return;
  }
  if (message.term > replica.hard.term) {
    BecomeFollower(replica, message.term, std::nullopt);
  }
  const bool free_to_vote = !replica.hard.vote.has_value() ||
                            replica.hard.vote == message.from ||
                            SEEDED_BUG(kVotesTwice);
  reply.granted = message.term == replica.hard.term && free_to_vote &&
                  up_to_date && replica.role != Role::kLeader &&
                  !replica.leader.has_value();
  if (reply.granted) {
    if (replica.role != Role::kFollower) {
      BecomeFollower(replica, message.term, std::nullopt);
    }
    replica.SetHardState(HardState{replica.hard.term, message.from});
    DrawTimeout(replica);
  }
  replica.Send(message.from, reply);
}

void OnVoteReply(Replica& replica, const Message& message,
                 const VoteReply& reply) {
  const Role awaited = reply.pre_vote ? Role::kPreCandidate : Role::kCandidate;
  if (replica.role != awaited || reply.asked != replica.hard.term) return;
  (reply.granted ? replica.ballot.granted : replica.ballot.refused)
      .insert(message.from);
  JudgeVotes(replica);
}

void OnHardStateDurable(Replica& replica) {
  if (replica.role != Role::kCandidate) return;
  if (!(replica.durable_hard == replica.hard)) return;
  if (!replica.ballot.granted.insert(replica.self).second) return;
  JudgeVotes(replica);
}

void OnLeaderGone(Replica& replica) {
  if (replica.role != Role::kFollower) return;
  replica.leader.reset();
  replica.ballot.cause = CampaignCause::kLeaderGone;
  replica.ballot.leaderless_ticks = replica.options.election_ticks;
  replica.ballot.elapsed_ticks = 0;
  replica.ballot.timeout_ticks =
      replica.Draw(1, replica.options.evidence_ticks + 1);
  replica.NoteRole();
}

void HeardLeader(Replica& replica, const ReplicaKey& leader) {
  if (replica.role != Role::kFollower || replica.leader != leader) {
    BecomeFollower(replica, replica.hard.term, leader);
  }
  replica.ballot.leaderless_ticks = 0;
  replica.ballot.campaigns = 0;
  replica.ballot.cause = CampaignCause::kTimeout;
  DrawTimeout(replica);
}

}  // namespace barnabas::raft
