// SnapshotExchange: snapshots to peers that are far behind, and from a leader.
//
// What: reads the piece that Raft wants sent; keeps the pieces that come; when
//   the last one came, checks the whole, begins the log anew behind it, and
//   tells the owner.
// Place: part of raft_quorum.
// Units: bytes, indexes. Empty case: nothing was asked for.
// Thread: the loop's.
// Errors: a piece that cannot be read or kept is logged and asked for again; a
//   damaged snapshot is not used and asked for anew (R13); a log that cannot
//   be begun anew is told by `fail`.
// Always true: the log is replaced only while nothing is being written, and
//   never by what it holds already.
#ifndef BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_EXCHANGE_H_
#define BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_EXCHANGE_H_

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "controller/quorum/commit_teller.h"
#include "controller/quorum/peer_network.h"
#include "controller/quorum/persist_queue.h"
#include "controller/quorum/quorum_disk.h"
#include "metadata/raft/core.h"
#include "storage/env/event_loop.h"

namespace barnabas::quorum {

class SnapshotExchange {
 public:
  // All outlive the exchange.
  struct Deps {
    raft::ReplicaKey self;
    env::EventLoop* loop = nullptr;
    PeerNetwork* network = nullptr;
    QuorumDisk* disk = nullptr;
    raft::Core* core = nullptr;
    PersistQueue* persist = nullptr;
    CommitTeller* teller = nullptr;
    // The core has effects.
    std::function<void()> settle;
    std::function<void(const absl::Status&)> fail;
  };

  explicit SnapshotExchange(const Deps& deps) : deps_(deps) {}

  void SendPiece(const raft::SnapshotSend& send);
  void KeepPiece(const raft::SnapshotStore& store);
  // The quorum has failed: nothing is done any more.
  void Stop() { stopped_ = true; }

 private:
  void Install();

  const Deps deps_;

  // Complete, and waiting for a moment to replace the log.
  std::optional<raft::SnapshotStore> arrived_;
  bool stopped_ = false;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_EXCHANGE_H_
