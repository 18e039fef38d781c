// ReplicaLog: the log as the core sees it: on disk, and on its way there.
//
// What: joins LogView with the entries that were accepted but not yet
//   reported durable. Those shadow whatever the disk still holds at their
//   indexes, which is how a conflicting suffix disappears at once.
// Units: indexes, bytes.
// Empty case: last() is the snapshot's entry, or {0, -1}.
// Thread: the core's. Errors: none; gaps are a broken promise (CHECK).
// Always true: pending entries are contiguous and reach to the end; durable()
//   <= last(); nothing at or below the snapshot is asked of the disk.
#ifndef BARNABAS_METADATA_RAFT_REPLICA_LOG_H_
#define BARNABAS_METADATA_RAFT_REPLICA_LOG_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "metadata/raft/log_view.h"
#include "metadata/raft/types.h"

namespace barnabas::raft {

class ReplicaLog {
 public:
  // `view` must outlive the log. All that it holds counts as durable.
  explicit ReplicaLog(const LogView* view);

  EntryId last() const;
  // Everything up to here survives a crash.
  LogIndex durable() const { return durable_; }
  // The entry before this one is only known by its snapshot.
  LogIndex first() const;
  SnapshotId snapshot() const { return view_->snapshot(); }

  // nullopt for what was trimmed or is not there yet; the snapshot's own entry
  // is known.
  std::optional<Term> TermAt(LogIndex index) const;
  bool Holds(const EntryId& id) const;

  // Entries from `from` to the end, at least one, as many as fit.
  std::vector<Entry> Read(LogIndex from, int64_t bytes_max) const;

  // Appends entries that follow last(), or replaces from the first one's index
  // on.
  void Append(const std::vector<Entry>& entries);
  // The entries up to `id` are on disk now; ignored if `id` was replaced
  // meanwhile.
  void MarkDurable(const EntryId& id);
  // The log now begins after an installed snapshot.
  void Reset();

  // Where a log with `hint` may agree with this one: the last own entry at or
  // before it whose term is not above the hint's; an entry that this log does
  // not know where it was trimmed.
  EntryId AgreementBefore(const EntryId& hint) const;

 private:
  LogIndex PendingBegin() const;

  const LogView* const view_;
  std::deque<Entry> pending_;
  LogIndex durable_;
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_REPLICA_LOG_H_
