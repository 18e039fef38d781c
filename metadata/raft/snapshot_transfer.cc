#include "metadata/raft/snapshot_transfer.h"

#include "metadata/raft/election.h"
#include "metadata/raft/replication.h"

namespace barnabas::raft {

void OnSnapshotChunk(Replica& replica, const Message& message,
                     const SnapshotChunk& chunk) {
  HeardLeader(replica, message.from);
  const bool held = replica.log.Holds(chunk.id);
  if (chunk.id.index <= replica.commit || held) {
    // Caught up by other means. Installing would throw away entries behind the
    // snapshot that were acknowledged.
    if (held) RaiseCommit(replica, chunk.id.index);
    SnapshotReply reply;
    reply.id = chunk.id;
    reply.installed = true;
    // The commit may rest on others' disks; the leader counts this answer as
    // a durable copy.
    replica.Send(message.from, reply,
                 /*needs_durable=*/chunk.id.index > replica.log.durable());
    return;
  }
  replica.effects.store = SnapshotStore{message.from, chunk};
}

void OnSnapshotReply(Replica& replica, const Message& message,
                     const SnapshotReply& reply) {
  if (replica.role != Role::kLeader) return;
  const auto found = replica.leadership.peers.find(message.from);
  if (found == replica.leadership.peers.end()) return;
  Progress& peer = found->second;
  if (peer.mode() != SendMode::kSnapshot || peer.snapshot().id != reply.id)
    return;
  if (reply.installed) {
    peer.OnSnapshotInstalled();
    AdvanceCommit(replica);
    if (replica.role != Role::kLeader) return;
  } else {
    peer.OnSnapshotPiece(reply.next_position);
  }
  SendEntries(replica, message.from);
}

void AnswerSnapshotChunk(Replica& replica, const ReplicaKey& leader,
                         const SnapshotId& id, int64_t next_position,
                         bool installed, const VoterSet& voters) {
  if (installed) {
    replica.log.Reset();
    replica.membership.Reset(id.index, voters);
    if (id.index > replica.commit) {
      replica.commit = id.index;
      replica.effects.commit = id.index;
    }
  }
  SnapshotReply reply;
  reply.id = id;
  reply.next_position = next_position;
  reply.installed = installed;
  replica.Send(leader, reply);
}

}  // namespace barnabas::raft
