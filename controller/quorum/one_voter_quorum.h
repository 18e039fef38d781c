// OneVoterQuorum: a MetadataQuorum whose only voter is this node.
//
// What: each start begins a new term; an entry is committed once it is synced
//   on this one disk. Writes what Raft will need (term, vote, voters), so its
//   directory opens unchanged under Raft. With a full disk it steps down and
//   tries a new term every second.
// Place: controller_process makes it; see metadata_quorum.h for the contract.
// How it commits: proposals are appended at once; while one sync runs on a
//   worker the next ones gather, so a sync serves many (group commit).
// Units: as metadata_quorum.h. Empty case: a log without a bootstrap record is
//   refused by Open.
// Thread: as metadata_quorum.h.
// Errors: Open: NOT_FORMATTED (no bootstrap record), WRONG_IDENTITY (the
//   voters name another node, directory or cluster), UNSUPPORTED_FEATURE (more
//   than one voter), CORRUPT_LOG, and those of the disk.
#ifndef BARNABAS_CONTROLLER_QUORUM_ONE_VOTER_QUORUM_H_
#define BARNABAS_CONTROLLER_QUORUM_ONE_VOTER_QUORUM_H_

#include <memory>

#include "absl/status/statusor.h"
#include "controller/quorum/metadata_quorum.h"
#include "storage/env/event_loop.h"
#include "storage/env/file.h"
#include "storage/env/histogram.h"
#include "storage/log/log_directory.h"

namespace barnabas::quorum {

// All outlive the quorum.
struct OneVoterDeps {
  env::EventLoop* loop = nullptr;
  env::WorkerPool* workers = nullptr;
  env::FileSystem* files = nullptr;
  log::LogDirectory* directory = nullptr;
  // Nanoseconds that syncs take; may be null.
  env::Histogram* sync_time = nullptr;
};

// Recovers the log and begins the next term; blocks.
absl::StatusOr<std::unique_ptr<MetadataQuorum>> OpenOneVoterQuorum(
    const OneVoterDeps& deps);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_ONE_VOTER_QUORUM_H_
