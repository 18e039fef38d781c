// PersistQueue: from Raft's effects to the disk, and back as "durable".
//
// What: writes entries to the log and the hard state to its file, in the order
//   they were handed over, and syncs many of them at once on a worker (group
//   commit). Messages that must not leave before their bytes are durable wait
//   here; those that acknowledge entries which newer ones replaced meanwhile
//   are dropped, since what they say has never become true.
// How a round goes: everything written so far → one sync (and the newest hard
//   state) on a worker → messages released, OnPersisted; whatever was handed
//   over meanwhile belongs to the next round. Entries that replace others wait
//   until no sync is out.
// Place: between raft_quorum and raft_log.
// Units: persist ids rise by what effects.h says. Empty case: idle.
// Thread: the loop's; syncs on workers.
// Errors: a full disk is told once by OnDiskFull and tried again every
//   kRoomRetry, then OnRoom; anything else is told by OnPersistFailed, after
//   which nothing is written or released any more (S6).
// Always true: R3, R9: nothing is released before its bytes are durable; what
//   waits is bounded by the core's uncommitted and in-flight bounds.
#ifndef BARNABAS_CONTROLLER_QUORUM_PERSIST_QUEUE_H_
#define BARNABAS_CONTROLLER_QUORUM_PERSIST_QUEUE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controller/quorum/raft_log.h"
#include "metadata/raft/effects.h"
#include "storage/env/event_loop.h"
#include "storage/env/file.h"
#include "storage/env/histogram.h"

namespace barnabas::quorum {

class PersistEvents {
 public:
  virtual ~PersistEvents() = default;

  // These messages may leave now.
  virtual void OnReleased(std::vector<raft::Message> messages) = 0;
  // Everything handed over up to this id is durable.
  virtual void OnPersisted(uint64_t persist_id) = 0;
  virtual void OnDiskFull(const absl::Status& status) = 0;
  virtual void OnRoom() = 0;
  virtual void OnPersistFailed(const absl::Status& status) = 0;
};

class PersistQueue {
 public:
  static constexpr absl::Duration kRoomRetry = absl::Seconds(1);

  // All outlive the queue.
  struct Deps {
    env::EventLoop* loop = nullptr;
    env::WorkerPool* workers = nullptr;
    env::FileSystem* files = nullptr;
    // Of the hard state file.
    std::string directory;
    RaftLog* log = nullptr;
    PersistEvents* events = nullptr;
    // Nanoseconds that syncs take; may be null.
    env::Histogram* sync_time = nullptr;
  };

  explicit PersistQueue(const Deps& deps) : deps_(deps) {}

  // Takes hard state, entries and after_durable of one step's effects.
  void Add(raft::Effects& effects);
  // Nothing waits and no sync is out.
  bool idle() const { return items_.empty() && round_ == nullptr; }
  bool full() const { return full_; }
  // The log on disk is what the core's is up to here: before the first entry
  // that is not written yet, where it may still hold one that was replaced.
  LogIndex written() const;
  // Runs `work` now, or as soon as no sync is out: the log may be cut and
  // trimmed then.
  void BetweenSyncs(absl::AnyInvocable<void()> work);
  // Finishes a sync that is out; after loop and workers have stopped.
  void Close();

 private:
  struct Item {
    uint64_t persist_id = 0;
    std::optional<raft::HardState> hard;
    // Not in the log yet.
    std::deque<raft::Entry> entries;
    std::vector<raft::Message> messages;
    bool written = false;
  };
  // One sync on its way: run by a worker, finished on the loop.
  struct Round {
    uint64_t persist_id = 0;
    std::optional<raft::HardState> hard;
    std::unique_ptr<log::FlushJob> job;
    // Of the hard state file, then of the sync.
    absl::Status hard_result;
    absl::Status result;
    bool ran = false;
  };

  void DropReplaced(LogIndex begin);
  void Pump();
  // False if it must wait: for a sync, or for room.
  bool WriteItems();
  absl::Status WriteItem(Item* item);
  void StartRound();
  void RunRound(Round* round);
  void FinishRound();
  void Release(uint64_t persist_id);
  void WaitForRoom(const absl::Status& status);
  void Fail(const absl::Status& status);

  const Deps deps_;

  std::deque<Item> items_;
  std::shared_ptr<Round> round_;
  std::deque<absl::AnyInvocable<void()>> between_;
  bool yielding_ = false;
  uint64_t durable_id_ = 0;
  // The disk is full; and the next try is waited for.
  bool full_ = false;
  bool waiting_ = false;
  bool failed_ = false;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_PERSIST_QUEUE_H_
