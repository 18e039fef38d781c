// Messages of Raft, one struct for each kind.
//
// What: what replicas tell each other. `term` is the sender's; a pre-vote
//   carries the term as it is, not the one it would begin.
// Units: indexes of the metadata log, bytes of snapshots.
// Empty case: an AppendRequest without entries is a heartbeat.
// Thread: plain values.
// Errors: a message that is addressed to another directory id, or comes from
//   an older term, is answered or dropped as core.h says.
#ifndef BARNABAS_METADATA_RAFT_MESSAGES_H_
#define BARNABAS_METADATA_RAFT_MESSAGES_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "metadata/raft/types.h"

namespace barnabas::raft {

struct VoteRequest {
  bool pre_vote = false;
  // The leader asked for this election: a follower's loyalty does not count.
  bool transfer = false;
  EntryId last;
};

struct VoteReply {
  bool pre_vote = false;
  // The term of the request, so that answers to an older one do not count.
  Term asked;
  bool granted = false;
};

struct AppendRequest {
  // The entry before the first one of `entries`.
  EntryId previous;
  std::vector<Entry> entries;
  LogIndex commit = kNoIndex;
  // Rises with every heartbeat; comes back, which confirms leadership.
  uint64_t round = 0;
};

struct AppendReply {
  bool accepted = false;
  // Accepted: everything up to here is durable and equals the leader's.
  LogIndex match = kNoIndex;
  // Refused: where the follower's log may still agree.
  EntryId hint;
  uint64_t round = 0;
};

// A piece of a snapshot, from `position` on.
struct SnapshotChunk {
  SnapshotId id;
  int64_t position = 0;
  std::string bytes;
  bool last = false;
};

struct SnapshotReply {
  SnapshotId id;
  // The next position wanted; 0 begins anew after damage.
  int64_t next_position = 0;
  bool installed = false;
};

// The leader asks its successor to call an election at once.
struct TransferRequest {};

struct Message {
  ReplicaKey from;
  ReplicaKey to;
  Term term;
  std::variant<VoteRequest, VoteReply, AppendRequest, AppendReply,
               SnapshotChunk, SnapshotReply, TransferRequest>
      body;
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_MESSAGES_H_
