// RaftQuorum: a MetadataQuorum of any number of voters: Raft's driver.
//
// What: turns ticks, peers' messages, proposals and finished syncs into events
//   of the pure core (metadata/raft), and carries its effects out in the order
//   that effects.h states: PersistQueue has the disk, CommitTeller the owner,
//   PeerNetwork the wire.
// Place: controller_process makes it; see metadata_quorum.h for the contract.
// Times: a tick is 10 ms: heartbeats every 100 ms, elections after 500 to
//   1,000 ms, or within 50 ms when a leader's port refuses connections
//   (README 29).
// Full disk: a leader hands leadership over; alone it tells OnFollowing, and
//   OnLeading again once there is room. What was proposed stays proposed.
// Snapshots: of the owner's state, by bytes and age (SnapshotPolicy); the log
// is
//   trimmed behind them. A peer that needs what was trimmed gets the newest one
//   in pieces.
// Units: as metadata_quorum.h. Empty case: a joiner's log is empty; it follows
//   nobody until a leader adds it.
// Thread: as metadata_quorum.h.
// Errors: Open: WRONG_IDENTITY (the log is another cluster's), CORRUPT_LOG,
//   UNSUPPORTED_FORMAT, those of the disk.
#ifndef BARNABAS_CONTROLLER_QUORUM_RAFT_QUORUM_H_
#define BARNABAS_CONTROLLER_QUORUM_RAFT_QUORUM_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "controller/quorum/invariant_watch.h"
#include "controller/quorum/metadata_quorum.h"
#include "controller/quorum/peer_network.h"
#include "controller/quorum/snapshot_taker.h"
#include "storage/env/event_loop.h"
#include "storage/env/file.h"
#include "storage/env/histogram.h"
#include "storage/log/log_directory.h"

namespace barnabas::quorum {

// All outlive the quorum.
struct RaftDeps {
  env::EventLoop* loop = nullptr;
  env::WorkerPool* workers = nullptr;
  env::FileSystem* files = nullptr;
  log::LogDirectory* directory = nullptr;
  PeerNetwork* network = nullptr;
  // Nanoseconds that syncs take; may be null.
  env::Histogram* sync_time = nullptr;
  // Election times are drawn from it; another one for every node and life.
  uint64_t seed = 1;
  SnapshotPolicy snapshots = {};
  // Simulation is told of broken invariants; see invariant_watch.h.
  InvariantWatch::Broken on_broken = nullptr;
};

// Recovers the log; blocks.
absl::StatusOr<std::unique_ptr<MetadataQuorum>> OpenRaftQuorum(
    const RaftDeps& deps);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_RAFT_QUORUM_H_
