// Progress: one other replica as the leader sees it.
//
// What: how far it is known to agree, what was sent beyond that, and in which
//   way entries reach it. All moves between the ways are here:
//     probe     -> replicate  it accepted what was probed
//     probe     -> snapshot   what it needs was trimmed
//     replicate -> probe      it refused, fell silent, or its stream broke
//     snapshot  -> probe      it installed, or its stream broke
//   A probe sends one message and waits; replicate sends ahead.
// Units: indexes, ticks, bytes of a snapshot.
// Empty case: a new replica is probed from the leader's end.
// Thread: the core's. Errors: none.
// Always true: match < next; match falls only when the replica itself says that
//   its log is shorter than what it acknowledged.
// Source: Raft 5.3; the three ways are those of common implementations.
#ifndef BARNABAS_METADATA_RAFT_PROGRESS_H_
#define BARNABAS_METADATA_RAFT_PROGRESS_H_

#include <cstdint>
#include <deque>

#include "metadata/raft/types.h"

namespace barnabas::raft {

enum class SendMode { kProbe, kReplicate, kSnapshot };

struct SnapshotPlace {
  SnapshotId id;
  int64_t position = 0;
};

class Progress {
 public:
  // Begins to probe with the entry after `leader_last`.
  explicit Progress(LogIndex leader_last);

  SendMode mode() const { return mode_; }
  LogIndex match() const { return match_; }
  LogIndex next() const { return next_; }
  // In kSnapshot: which one, and where its next piece begins.
  const SnapshotPlace& snapshot() const { return snapshot_; }
  uint64_t round() const { return round_; }

  // Whether another message with entries may be sent now.
  bool MaySend(int32_t in_flight_max) const;

  // A message with entries before `end` was sent.
  void OnSent(LogIndex end);
  // It holds everything up to `match`, and answered heartbeat `round`.
  // Returns whether match rose.
  bool OnAccepted(LogIndex match, uint64_t round);
  // It does not hold what was presumed; goes on probing from `next`.
  void OnRefused(LogIndex next, uint64_t round);
  void BeginSnapshot(const SnapshotId& id);
  // A piece arrived; the next one begins at `position`.
  void OnSnapshotPiece(int64_t position);
  void OnSnapshotInstalled();
  // Its stream broke: nothing that was sent counts.
  void OnLost();

  // Time passes: returns true if what is under way is to be sent again.
  bool OnTick(int32_t resend_ticks);
  // Since something was heard from it.
  int32_t silent_ticks() const { return silent_ticks_; }

 private:
  void Probe(LogIndex next);

  SendMode mode_ = SendMode::kProbe;
  LogIndex match_ = kNoIndex;
  LogIndex next_;
  // Ends of the messages that are on their way, oldest first; in a probe at
  // most one.
  std::deque<LogIndex> in_flight_;
  SnapshotPlace snapshot_;
  // The last heartbeat round that it answered.
  uint64_t round_ = 0;
  int32_t silent_ticks_ = 0;
  int32_t stalled_ticks_ = 0;
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_PROGRESS_H_
