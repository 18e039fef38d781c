#include "controller/quorum/snapshot_exchange.h"

#include <glog/logging.h>

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "proto/types/seeded_bug.h"

namespace barnabas::quorum {
namespace {

// Between two looks whether nothing is being written.
constexpr absl::Duration kIdlePause = absl::Milliseconds(5);

}  // namespace

void SnapshotExchange::SendPiece(const raft::SnapshotSend& send) {
  absl::StatusOr<raft::SnapshotChunk> piece = deps_.disk->snapshots->ReadPiece(
      send.id, send.position,
      deps_.core->replica().options.snapshot_chunk_bytes);
  if (!piece.ok()) {
    LOG(ERROR) << "A piece of a snapshot cannot be sent: "
               << piece.status().message();
    return;
  }
  deps_.network->Send(
      raft::Message{deps_.self, send.to, send.term, *std::move(piece)});
}

void SnapshotExchange::KeepPiece(const raft::SnapshotStore& store) {
  if (arrived_.has_value()) return;
  const absl::StatusOr<int64_t> next =
      deps_.disk->snapshots->KeepPiece(store.chunk);
  if (!next.ok()) {
    // Sent again, since nothing is answered.
    LOG(ERROR) << "A piece of a snapshot cannot be kept: "
               << next.status().message();
    return;
  }
  const int64_t end =
      store.chunk.position + static_cast<int64_t>(store.chunk.bytes.size());
  if (store.chunk.last && *next == end) {
    arrived_ = raft::SnapshotStore{store.from, {store.chunk.id, 0, "", true}};
    // Not from within a step.
    return deps_.loop->PostAlways([this] { Install(); });
  }
  raft::SnapshotStored stored;
  stored.from = store.from;
  stored.id = store.chunk.id;
  stored.next_position = *next;
  deps_.loop->PostAlways([this, stored] {
    if (stopped_) return;
    deps_.core->OnSnapshotStored(stored);
    deps_.settle();
  });
}

void SnapshotExchange::Install() {
  if (stopped_ || !arrived_.has_value()) return;
  // What is being written must be durable first: the log is thrown away. That
  // may take a sync, or until a full disk has room.
  if (!deps_.persist->idle()) {
    deps_.loop->After(kIdlePause, [this] { Install(); });
    return;
  }
  const raft::SnapshotStore arrived = *std::exchange(arrived_, std::nullopt);
  const raft::SnapshotId id = arrived.chunk.id;
  // Caught up meanwhile: the next piece will be answered accordingly.
  if (id.index <= deps_.core->replica().commit ||
      deps_.core->replica().log.Holds(id) ||
      deps_.core->replica().role == raft::Role::kLeader) {
    return;
  }
  raft::SnapshotStored stored;
  stored.from = arrived.from;
  stored.id = id;
  absl::StatusOr<Snapshot> snapshot = deps_.disk->snapshots->FinishIncoming(id);
  if (snapshot.ok()) {
    const absl::Status begun = deps_.disk->log->BeginAfter(id);
    if (!begun.ok()) return deps_.fail(begun);
    deps_.disk->snapshots->Prune({});
    LOG(INFO) << "A snapshot of the metadata at offset " << id.index
              << " came from controller " << arrived.from.id << ".";
    if (!SEEDED_BUG(kInstallsWithoutTelling)) {
      deps_.teller->Loaded(id.index, std::move(snapshot->payload));
    }
    stored.installed = true;
    stored.voters = snapshot->voters;
  } else {
    LOG(ERROR) << "A snapshot that came from controller " << arrived.from.id
               << " is not used: " << snapshot.status().message();
  }
  deps_.core->OnSnapshotStored(stored);
  deps_.settle();
}

}  // namespace barnabas::quorum
