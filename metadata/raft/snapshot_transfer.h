// Snapshot transfer: how a replica that fell behind the log's start catches up.
//
// What: the follower takes pieces in order and installs the whole; the leader
//   sends the next piece for each answer, and the same one again when none
//   comes. A damaged snapshot is begun anew, never applied (R13).
// Units: bytes. Empty case: a snapshot may be one last, empty piece.
// Thread: the core's. Errors: none.
// Source: Raft 7.
#ifndef BARNABAS_METADATA_RAFT_SNAPSHOT_TRANSFER_H_
#define BARNABAS_METADATA_RAFT_SNAPSHOT_TRANSFER_H_

#include <cstdint>

#include "metadata/raft/messages.h"
#include "metadata/raft/replica.h"

namespace barnabas::raft {

void OnSnapshotChunk(Replica& replica, const Message& message,
                     const SnapshotChunk& chunk);
void OnSnapshotReply(Replica& replica, const Message& message,
                     const SnapshotReply& reply);
// The driver has stored a piece.
void AnswerSnapshotChunk(Replica& replica, const ReplicaKey& leader,
                         const SnapshotId& id, int64_t next_position,
                         bool installed, const VoterSet& voters);

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_SNAPSHOT_TRANSFER_H_
