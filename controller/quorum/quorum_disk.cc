#include "controller/quorum/quorum_disk.h"

#include <string>
#include <utility>

#include "controller/quorum/bootstrap.h"
#include "controller/quorum/durable_log.h"
#include "controller/quorum/hard_state_file.h"
#include "proto/types/status_macros.h"

namespace barnabas::quorum {

absl::StatusOr<QuorumDisk> OpenQuorumDisk(env::FileSystem* files,
                                          log::LogDirectory* directory) {
  const std::string& path = directory->path();
  QuorumDisk disk;
  ASSIGN_OR_RETURN(std::unique_ptr<DurableLog> log,
                   DurableLog::Open(directory));
  if (log->start() == LogIndex(0) && log->end() > LogIndex(0)) {
    ASSIGN_OR_RETURN(const internal::v1::BootstrapRecord bootstrap,
                     ReadBootstrap(*log, path));
    RETURN_IF_ERROR(RequireOwn(bootstrap, directory->identity()));
  }
  ASSIGN_OR_RETURN(
      disk.snapshots,
      SnapshotStore::Open({files, path, directory->identity().cluster_id}));
  const raft::SnapshotId newest = disk.snapshots->newest();
  if (newest.index != raft::kNoIndex) {
    ASSIGN_OR_RETURN(disk.newest, disk.snapshots->Read(newest));
    disk.found.snapshot_voters = disk.newest->voters;
  }
  ASSIGN_OR_RETURN(disk.log, RaftLog::Open(std::move(log), newest));
  ASSIGN_OR_RETURN(disk.found.hard, ReadHardState(files, path));
  disk.found.log = disk.log.get();
  for (const raft::Entry& entry : disk.log->voter_entries()) {
    if (entry.index > newest.index) disk.found.voter_entries.push_back(entry);
  }
  return disk;
}

}  // namespace barnabas::quorum
