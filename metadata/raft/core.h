// Core: the Raft algorithm for one node, as a function of events.
//
// What: messages, ticks, proposals and "now durable" notices go in; Effects
//   come out. No clock, disk, network, thread or log line.
// Place: driven by controller/quorum and by tests/sim; both carry effects out
//   in the order that effects.h states.
// How to drive it: one event; TakeEffects; carry them out; next event. Several
//   events may be given before the effects are taken: they add up.
// Units: ticks, indexes, bytes. Index 0 is the bootstrap entry.
// Empty case: a joiner starts with an empty log and no voters; it waits until
//   a leader that was told of it (AddLearner) sends a snapshot or entries.
// Thread: none; the caller serialises.
// Errors: NOT_CONTROLLER (not the leader; the hint names who is), OVERLOADED
//   (too much uncommitted), INVALID_REQUEST (a membership change that may not
//   be made now, with the reason). A message for another directory id, from an
//   older term, or in the wrong role is dropped or refused, and told in facts.
// Always true: R1 to R17 of the reliability page; invariants.h checks what one
//   node can see of them after every event of a debug build or a simulation.
#ifndef BARNABAS_METADATA_RAFT_CORE_H_
#define BARNABAS_METADATA_RAFT_CORE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "metadata/raft/effects.h"
#include "metadata/raft/messages.h"
#include "metadata/raft/options.h"
#include "metadata/raft/replica.h"
#include "metadata/raft/types.h"

namespace barnabas::raft {

// What a driver found on disk.
struct Found {
  HardState hard;
  // Outlives the core.
  const LogView* log = nullptr;
  // Voters as of the snapshot (or of the bootstrap entry), and the entries of
  // the log that carry voters, oldest first.
  VoterSet snapshot_voters;
  std::vector<Entry> voter_entries;
};

// What became of a piece of a snapshot.
struct SnapshotStored {
  ReplicaKey from;
  SnapshotId id;
  // 0 asks for the snapshot from its beginning: it was damaged.
  int64_t next_position = 0;
  // The snapshot is complete, checked, durable, and has replaced the log.
  bool installed = false;
  // With installed.
  VoterSet voters;
};

class Core {
 public:
  Core(const Options& options, const ReplicaKey& self, const Found& found);

  void Tick();
  void Step(const Message& message);
  // Everything handed out up to this id is durable.
  void Persisted(uint64_t persist_id);

  // The index that the payload got; it is committed when effects.commit
  // reaches it in the same term.
  absl::StatusOr<LogIndex> Propose(std::vector<std::string> payloads);
  absl::StatusOr<LogIndex> AddVoter(const Voter& voter);
  absl::StatusOr<LogIndex> RemoveVoter(const ReplicaKey& key);
  // The leader sends to it although it does not count; one at a time.
  absl::Status AddLearner(const ReplicaKey& key);
  absl::Status TransferLeadership(const ReplicaKey& successor);
  // Answered by ReadOutcome with the same number.
  absl::Status Read(uint64_t read);

  // The stream to a peer broke; `gone` if nobody listens there any more.
  void PeerLost(const ReplicaKey& peer, bool gone);
  void OnSnapshotStored(const SnapshotStored& stored);

  Effects TakeEffects();
  // Proposed here and not committed.
  int64_t uncommitted_bytes() const { return uncommitted_bytes_; }
  const Replica& replica() const { return replica_; }

 private:
  absl::Status RequireLeader() const;
  absl::Status RequireRoom(const std::vector<std::string>& payloads) const;
  absl::Status RequireChangeable() const;
  absl::StatusOr<LogIndex> ChangeVoters(VoterSet voters);
  void Dispatch(const Message& message);
  // Whether the message goes on after its term was looked at.
  bool AdmitTerm(const Message& message);
  void RefuseOld(const Message& message);

  void NoteUncommitted(LogIndex index, int64_t bytes);
  void ForgetCommitted();

  Replica replica_;
  // Proposed here and not committed: index and size.
  std::deque<std::pair<LogIndex, int64_t>> uncommitted_;
  int64_t uncommitted_bytes_ = 0;
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_CORE_H_
