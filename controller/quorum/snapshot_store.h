// SnapshotStore: the snapshots of the metadata on this disk.
//
// What: keeps the two newest, each in a sealed file of its own, takes one in
//   pieces from a leader, and gives pieces out. What a snapshot says is opaque
//   here, but for who votes as of it.
// Picture: DIR/snapshots/<20 digits of index>-<10 of term>.snapshot, bytes as
//   snapshot_codec.h has them; "*.damaged" beside them was set aside.
// Units: bytes, indexes. Empty case: no snapshot; newest() is {0, -1}.
// Thread: Open and Write block, Write also beside the others; the rest on the
//   loop.
// Errors: those of the disk; CORRUPT_LOG for a file whose seal is broken,
//   WRONG_IDENTITY for another cluster's.
// Always true: a file has its name only when it is whole and durable (S9); a
//   damaged one is set aside, never used and never a reason not to start (R13).
#ifndef BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_STORE_H_
#define BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_STORE_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/quorum/snapshot_codec.h"
#include "metadata/raft/messages.h"
#include "metadata/raft/types.h"
#include "proto/types/uuid.h"
#include "storage/env/file.h"

namespace barnabas::quorum {

class SnapshotStore {
 public:
  // All outlive the store.
  struct Deps {
    env::FileSystem* files = nullptr;
    // The node's data directory.
    std::string directory;
    Uuid cluster_id;
  };

  static absl::StatusOr<std::unique_ptr<SnapshotStore>> Open(const Deps& deps);

  raft::SnapshotId newest() const;
  // The oldest one that is kept; the log must reach back to it.
  raft::SnapshotId oldest() const;
  bool Has(const raft::SnapshotId& id) const { return kept_.contains(id); }

  // Makes the file of a snapshot, durably; Adopt then counts it among those
  // kept, and Prune drops all but the two newest and `in_use`.
  absl::Status Write(const Snapshot& snapshot) const;
  void Adopt(const raft::SnapshotId& id) { kept_.insert(id); }
  void Prune(const std::set<raft::SnapshotId>& in_use);

  absl::StatusOr<Snapshot> Read(const raft::SnapshotId& id) const;

  // The piece of the file from `position` on.
  absl::StatusOr<raft::SnapshotChunk> ReadPiece(const raft::SnapshotId& id,
                                                int64_t position,
                                                int64_t bytes_max) const;
  // Keeps a piece of a snapshot that is on its way; the next position wanted.
  absl::StatusOr<int64_t> KeepPiece(const raft::SnapshotChunk& chunk);
  // All pieces of `id` are here: checks it, makes it durable and adopts it.
  // CORRUPT_LOG if it was damaged on its way: it is to be sent anew.
  absl::StatusOr<Snapshot> FinishIncoming(const raft::SnapshotId& id);

 private:
  explicit SnapshotStore(const Deps& deps) : deps_(deps) {}

  absl::Status Load();
  void SetAside(const std::string& name);
  std::string Folder() const { return deps_.directory + "/" + kSnapshotsName; }
  std::string PathOf(const raft::SnapshotId& id) const;
  absl::Status Publish(const std::string& temporary,
                       const raft::SnapshotId& id) const;
  absl::StatusOr<Snapshot> ReadFile(const std::string& path) const;

  const Deps deps_;

  std::set<raft::SnapshotId> kept_;
  // What is on its way, and how much of it is here.
  raft::SnapshotId incoming_;
  int64_t incoming_bytes_ = 0;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_STORE_H_
