// SnapshotTaker: when a new snapshot is due, and its making.
//
// What: by bytes of entries told since the last one, and by its age, encodes
//   the owner's state on a worker, writes it, and says so when it is durable.
// Place: part of raft_quorum.
// Units: bytes, absl::Duration. Empty case: without a new entry none is taken.
// Thread: the loop's; the work on a worker.
// Errors: one that could not be written is logged, and tried again after
//   kPause; the log is just not trimmed meanwhile.
// Always true: at most one at a time; R13: it holds committed entries only, and
//   all of them up to its id.
#ifndef BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_TAKER_H_
#define BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_TAKER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controller/quorum/snapshot_store.h"
#include "proto/types/units.h"
#include "storage/env/event_loop.h"

namespace barnabas::quorum {

struct SnapshotPolicy {
  // Told since the last one.
  int64_t bytes = 8 * kMiB;
  absl::Duration age = absl::Hours(1);
};

class SnapshotTaker {
 public:
  static constexpr absl::Duration kPause = absl::Minutes(1);

  // What is to be kept, as of now; `encode` may run on any thread.
  struct Captured {
    raft::SnapshotId id;
    raft::VoterSet voters;
    absl::AnyInvocable<std::string()> encode;
  };
  // All outlive the taker.
  struct Deps {
    env::EventLoop* loop = nullptr;
    env::WorkerPool* workers = nullptr;
    SnapshotStore* store = nullptr;
    SnapshotPolicy policy;
    std::function<Captured()> capture;
    // It is durable.
    std::function<void(const raft::SnapshotId&)> taken;
  };

  explicit SnapshotTaker(const Deps& deps);

  // `bytes` of entries were told since the start, up to the one at `told`.
  void Consider(LogIndex told, int64_t bytes);

 private:
  void Begin(int64_t bytes);
  void Finish(const raft::SnapshotId& id, const absl::Status& written);

  const Deps deps_;

  bool running_ = false;
  // As of the last one that was begun.
  LogIndex last_;
  int64_t last_bytes_ = 0;
  absl::Duration last_time_;
  absl::Duration not_before_;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_TAKER_H_
