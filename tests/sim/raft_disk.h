// RaftDisk: one replica's disk in simulation: what is durable, what is not.
//
// What: the log, the hard state and the snapshot of one node. Writes are kept
//   apart until they are synced; a crash keeps a prefix of them, as a torn
//   write would. Gives the core its LogView.
// Units: indexes. Empty case: a joiner's disk is empty; a first voter's holds
//   the bootstrap entry.
// Thread: the simulation's. Errors: none.
#ifndef BARNABAS_TESTS_SIM_RAFT_DISK_H_
#define BARNABAS_TESTS_SIM_RAFT_DISK_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "metadata/raft/effects.h"
#include "metadata/raft/log_view.h"

namespace barnabas::sim {

// A state machine's content: here a hash of everything applied.
struct RaftSnapshot {
  raft::SnapshotId id;
  uint64_t state = 0;
  raft::VoterSet voters;
};

class RaftDisk final : public raft::LogView {
 public:
  RaftDisk() = default;

  // raft::LogView: everything written, synced or not.
  LogIndex first() const override;
  LogIndex last() const override;
  Term TermAt(LogIndex index) const override;
  std::vector<raft::Entry> Read(LogIndex from, LogIndex end,
                                int64_t bytes_max) const override;
  raft::SnapshotId snapshot() const override { return now_.snapshot.id; }

  // Written at once, durable when Sync is told so.
  void Write(const raft::Effects& effects);
  // Everything written before the newest `left` writes is durable.
  void Sync(size_t left);
  size_t unsynced() const { return writes_.size(); }
  // The power fails: a prefix of the unsynced writes survives.
  void Crash(size_t kept_writes, size_t kept_entries_of_next);

  // Durable on return. Entries up to `keep_from` are trimmed.
  void SaveSnapshot(const RaftSnapshot& snapshot, LogIndex keep_from);
  // Replaces the log; durable on return.
  void InstallSnapshot(const RaftSnapshot& snapshot);

  const RaftSnapshot& latest_snapshot() const { return now_.snapshot; }
  const raft::HardState& durable_hard() const { return durable_.hard; }
  const std::map<LogIndex, raft::Entry>& durable_log() const {
    return durable_.log;
  }
  const std::map<LogIndex, raft::Entry>& log() const { return now_.log; }

 private:
  struct Content {
    raft::HardState hard;
    std::map<LogIndex, raft::Entry> log;
    RaftSnapshot snapshot;
  };
  struct WriteSet {
    std::optional<raft::HardState> hard;
    std::vector<raft::Entry> entries;
  };
  static void Apply(const WriteSet& write, size_t entries_max, Content* to);

  Content now_;
  Content durable_;
  std::deque<WriteSet> writes_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_RAFT_DISK_H_
