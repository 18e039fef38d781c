// Effects: what the world must do after one event, and in which order.
//
// How to carry them out (breaking an order loses a vote or a commit):
//   1. Persist hard_state and entries (cutting the log before entries.front()
//      first), if any. Send `now` at any time, even before that.
//   2. When everything up to `persist_id` is durable, and not before, send
//      `after_durable`; then give Persisted(persist_id) to the core. (Sent
//      earlier: a node may vote twice, or an entry be lost that it
//      acknowledged.)
//   3. Apply entries up to `commit` in order, once.
//   Effects are carried out in the order in which they were made.
//
// Units: indexes, bytes. Empty case: an event may have no effects.
// Thread: a plain value. Errors: refused and dropped input is told in `facts`.
#ifndef BARNABAS_METADATA_RAFT_EFFECTS_H_
#define BARNABAS_METADATA_RAFT_EFFECTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metadata/raft/messages.h"
#include "metadata/raft/types.h"

namespace barnabas::raft {

// The driver reads the piece at `position` of its snapshot `id` and sends it
// to `to` as a SnapshotChunk of `term`.
struct SnapshotSend {
  ReplicaKey to;
  Term term;
  SnapshotId id;
  int64_t position = 0;
};

// The driver keeps this piece, and answers with Core::SnapshotStored.
struct SnapshotStore {
  ReplicaKey from;
  SnapshotChunk chunk;
};

struct RoleChange {
  Role role = Role::kFollower;
  Term term;
  std::optional<ReplicaKey> leader;
  // With kPreCandidate and kCandidate.
  CampaignCause cause = CampaignCause::kTimeout;
};

// A linearizable read may be answered from what is applied up to `index`, or
// has failed because leadership was not confirmed.
struct ReadOutcome {
  uint64_t read = 0;
  bool confirmed = false;
  LogIndex index = kNoIndex;
};

struct Effects {
  // 0 when there is nothing to wait for.
  uint64_t persist_id = 0;
  std::optional<HardState> hard_state;
  std::vector<Entry> entries;
  std::vector<Message> now;
  std::vector<Message> after_durable;
  // Set when it rose.
  std::optional<LogIndex> commit;
  std::optional<RoleChange> role;
  std::vector<ReadOutcome> reads;
  std::vector<SnapshotSend> snapshots;
  std::optional<SnapshotStore> store;
  // For logs and counters: what was dropped or refused, and why.
  std::vector<std::string> facts;

  bool NeedsPersisting() const {
    return hard_state.has_value() || !entries.empty();
  }
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_EFFECTS_H_
