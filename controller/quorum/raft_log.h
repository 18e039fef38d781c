// RaftLog: the metadata log as Raft's core asks for it.
//
// What: a LogView over the DurableLog: the newest entries in memory, older
//   ones from disk, and where each term began, so that no question but Read of
//   the distant past touches the disk.
// Place: one per quorum; written by the persist queue alone.
// Units: indexes, bytes. Empty case: a joiner's log: first() 0, last() -1.
// Thread: the loop's.
// Errors: those of DurableLog. LogView has no way to fail: a read that did
//   leaves its status in fault(), and gives nothing; the quorum then ends.
// Always true: indexes have no gap; terms do not fall; the tail in memory is
//   the end of the log, at most kTailBytes of it.
#ifndef BARNABAS_CONTROLLER_QUORUM_RAFT_LOG_H_
#define BARNABAS_CONTROLLER_QUORUM_RAFT_LOG_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/quorum/durable_log.h"
#include "metadata/raft/log_view.h"
#include "metadata/raft/types.h"
#include "proto/types/units.h"

namespace barnabas::quorum {

class RaftLog final : public raft::LogView {
 public:
  static constexpr int64_t kTailBytes = 8 * kMiB;

  // Reads the log once, for its terms and voters; blocks. `snapshot` is the
  // newest one; CORRUPT_LOG if the log does not reach back to it.
  static absl::StatusOr<std::unique_ptr<RaftLog>> Open(
      std::unique_ptr<DurableLog> disk, const raft::SnapshotId& snapshot);

  LogIndex first() const override { return disk_->start(); }
  LogIndex last() const override { return disk_->end().Plus(-1); }
  Term TermAt(LogIndex index) const override;
  std::vector<raft::Entry> Read(LogIndex from, LogIndex end,
                                int64_t bytes_max) const override;
  raft::SnapshotId snapshot() const override { return snapshot_; }

  // Of the entry after the last one.
  absl::Status Append(const raft::Entry& entry, int64_t time_ms);
  // Drops entries from `begin` on.
  absl::Status Cut(LogIndex begin);
  // A snapshot is durable; entries below `keep_from` are of no more use.
  absl::Status AdoptSnapshot(const raft::SnapshotId& id, LogIndex keep_from);
  // A snapshot replaces the log.
  absl::Status BeginAfter(const raft::SnapshotId& id);

  // Entries with voters that Open found, oldest first.
  const std::vector<raft::Entry>& voter_entries() const {
    return voter_entries_;
  }
  const absl::Status& fault() const { return fault_; }
  DurableLog* disk() const { return disk_.get(); }

 private:
  RaftLog(std::unique_ptr<DurableLog> disk, const raft::SnapshotId& snapshot)
      : disk_(std::move(disk)), snapshot_(snapshot) {}

  absl::Status Scan();
  void NoteTerm(LogIndex index, Term term);
  void Remember(const raft::Entry& entry);

  const std::unique_ptr<DurableLog> disk_;

  raft::SnapshotId snapshot_;
  // First index of each term.
  std::map<LogIndex, Term> terms_;
  std::deque<raft::Entry> tail_;
  int64_t tail_bytes_ = 0;
  std::vector<raft::Entry> voter_entries_;
  mutable absl::Status fault_;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_RAFT_LOG_H_
