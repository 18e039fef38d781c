// QuorumDisk: everything that a quorum keeps on disk, opened.
//
// What: the log, the snapshots, term and vote, checked against each other and
//   against the directory's identity; and what Raft's core starts from.
// Units: indexes. Empty case: a joiner's has neither entry nor snapshot.
// Thread: Open blocks, before the loop runs.
// Errors: WRONG_IDENTITY, CORRUPT_LOG, UNSUPPORTED_FORMAT, those of the disk.
// Always true: the log reaches back to the newest snapshot (R13).
#ifndef BARNABAS_CONTROLLER_QUORUM_QUORUM_DISK_H_
#define BARNABAS_CONTROLLER_QUORUM_QUORUM_DISK_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "controller/quorum/raft_log.h"
#include "controller/quorum/snapshot_store.h"
#include "metadata/raft/core.h"
#include "storage/env/file.h"
#include "storage/log/log_directory.h"

namespace barnabas::quorum {

struct QuorumDisk {
  std::unique_ptr<SnapshotStore> snapshots;
  std::unique_ptr<RaftLog> log;
  // The newest snapshot, for the owner.
  std::optional<Snapshot> newest;
  // Points at `log`.
  raft::Found found;
};

absl::StatusOr<QuorumDisk> OpenQuorumDisk(env::FileSystem* files,
                                          log::LogDirectory* directory);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_QUORUM_DISK_H_
