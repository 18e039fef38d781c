// Election: how a leader is found and lost.
//
// What: roles, terms, votes, pre-votes and check-quorum, as functions over a
//   Replica. The moves between roles (tests/metadata/raft/election_test walks
//   them):
//     follower      -> pre-candidate  timeout, or evidence that the leader died
//     pre-candidate -> candidate      a majority would vote for it
//     pre-candidate -> follower       refused, or a leader was heard
//     candidate     -> leader         a majority voted for it
//     candidate     -> follower       refused, a leader was heard, newer term
//     leader        -> follower       newer term, no majority heard, removed
//   All others are refused; a candidate that times out asks for pre-votes
//   again.
// Units: ticks. Empty case: without voters nobody campaigns.
// Thread: the core's. Errors: none.
// Source: Raft 5.2, 5.4.1; dissertation 6.2 (check-quorum), 9.6 (pre-vote).
#ifndef BARNABAS_METADATA_RAFT_ELECTION_H_
#define BARNABAS_METADATA_RAFT_ELECTION_H_

#include <optional>

#include "metadata/raft/messages.h"
#include "metadata/raft/replica.h"

namespace barnabas::raft {

// Steps back to follower, in `term` if that is newer.
void BecomeFollower(Replica& replica, Term term,
                    const std::optional<ReplicaKey>& leader);

// Time passes for whoever does not lead.
void TickElection(Replica& replica);

// Asks for pre-votes, or, when the leader asked for it, for votes.
void Campaign(Replica& replica, bool transfer);

void OnVoteRequest(Replica& replica, const Message& message,
                   const VoteRequest& request);
void OnVoteReply(Replica& replica, const Message& message,
                 const VoteReply& reply);
// The own vote counts once it is durable.
void OnHardStateDurable(Replica& replica);

// The leader's stream broke and nobody listens there any more (README 29).
void OnLeaderGone(Replica& replica);

// A leader was heard: the follower is loyal for another while.
void HeardLeader(Replica& replica, const ReplicaKey& leader);

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_ELECTION_H_
