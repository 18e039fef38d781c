// Replication: how entries reach the others and when they are committed.
//
// What: the leader's and the follower's side of AppendEntries, commit, reads
//   and hand-over, as functions over a Replica.
// Units: indexes, ticks, bytes.
// Empty case: a leader alone commits what it has synced.
// Thread: the core's. Errors: none; what cannot be is CHECKed by its name.
// Always true: R5 a leader only appends; R8 an entry commits by a majority of
//   durable copies, and only behind one of the leader's own term; R9 a
//   follower acknowledges what is durable; R12 nothing committed is replaced.
// Source: Raft 5.3, 5.4.2; dissertation 3.10 (transfer), 6.4 (reads), 10.2.1
//   (the leader writes its own disk beside the followers').
#ifndef BARNABAS_METADATA_RAFT_REPLICATION_H_
#define BARNABAS_METADATA_RAFT_REPLICATION_H_

#include <cstdint>
#include <vector>

#include "metadata/raft/messages.h"
#include "metadata/raft/replica.h"

namespace barnabas::raft {

void BecomeLeader(Replica& replica);
// Fails reads and forgets the followers.
void AbandonLeadership(Replica& replica);

// Time passes for the leader: heartbeats, re-sends, check-quorum.
void TickLeader(Replica& replica);

// Gives entries index and term and appends them; SendAppended sends them.
void AppendAsLeader(Replica& replica, std::vector<Entry> entries);
// Once before effects are taken: what was appended since goes out together.
void SendAppended(Replica& replica);
// Sends `to` what it lacks, as far as it may.
void SendEntries(Replica& replica, const ReplicaKey& to);
void SendEntriesToAll(Replica& replica);
// A heartbeat to everyone; its answers confirm leadership.
void SendHeartbeats(Replica& replica);
// Commits up to `commit`, if that is further.
void RaiseCommit(Replica& replica, LogIndex commit);
// Commits what a majority holds.
void AdvanceCommit(Replica& replica);

void OnAppendRequest(Replica& replica, const Message& message,
                     const AppendRequest& request);
void OnAppendReply(Replica& replica, const Message& message,
                   const AppendReply& reply);

void BeginRead(Replica& replica, uint64_t read);
// Answers reads that are confirmed and committed.
void SettleReads(Replica& replica);

// Peers are those of the voters in force and the learner that was added, and
// who was removed until it knows.
void RefreshPeers(Replica& replica);
// Hands over when the successor has everything.
void ContinueTransfer(Replica& replica);

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_REPLICATION_H_
