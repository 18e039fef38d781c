#include "controller/quorum/snapshot_taker.h"

#include <glog/logging.h>

#include <memory>
#include <utility>

#include "proto/types/seeded_bug.h"
namespace barnabas::quorum {

SnapshotTaker::SnapshotTaker(const Deps& deps)
    : deps_(deps),
      last_(deps.store->newest().index),
      last_time_(deps.loop->clock().Monotonic()) {}

void SnapshotTaker::Consider(LogIndex told, int64_t bytes) {
  if (running_ || told <= last_) return;
  const absl::Duration now = deps_.loop->clock().Monotonic();
  if (now < not_before_) return;
  if (bytes - last_bytes_ < deps_.policy.bytes &&
      now - last_time_ < deps_.policy.age) {
    return;
  }
  Begin(bytes);
}

void SnapshotTaker::Begin(int64_t bytes) {
  auto captured = std::make_shared<Captured>(deps_.capture());
  auto work = [this, captured] {
    const raft::SnapshotId id = captured->id;
    const absl::Status written =
        deps_.store->Write(Snapshot{id, captured->voters, captured->encode()});
    deps_.loop->PostAlways([this, id, written] { Finish(id, written); });
  };
  const LogIndex index = captured->id.index;
  // Tried again with the next entry.
  if (!deps_.workers->Run(std::move(work))) return;
  if (SEEDED_BUG(kTrimsBeforeSnapshotIsDurable)) deps_.taken(captured->id);
  running_ = true;
  last_ = index;
  last_bytes_ = bytes;
  last_time_ = deps_.loop->clock().Monotonic();
}

void SnapshotTaker::Finish(const raft::SnapshotId& id,
                           const absl::Status& written) {
  running_ = false;
  if (written.ok()) return deps_.taken(id);
  LOG(WARNING) << "No snapshot of the metadata was taken: "
               << written.message();
  last_ = deps_.store->newest().index;
  not_before_ = deps_.loop->clock().Monotonic() + kPause;
}

}  // namespace barnabas::quorum
