// Compactor: which log of this broker is compacted next.
//
// What: one log at a time: first those that somebody asked for, then, looking
//   around every now and then, the one with the largest dirty ratio among
//   those that are due (compaction_plan.h). A log whose compaction met damage
//   is passed over until the broker starts anew or somebody asks for it.
// Units: bytes, milliseconds. Empty case: without compacted topics it looks
//   around and sleeps.
// Thread: Start once; CompactNow from any thread; the rest on the control
//   loop.
// Errors: OVERLOADED when too many requests wait. Those of a run are logged,
//   counted, and told to whoever asked.
// Bounds: kWaitingMax requests.
#ifndef BARNABAS_BROKER_REPLICATION_COMPACTOR_H_
#define BARNABAS_BROKER_REPLICATION_COMPACTOR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "broker/replication/compaction_run.h"
#include "broker/replication/partition.h"
#include "proto/types/topic_partition.h"
#include "storage/env/event_loop.h"
#include "storage/env/metrics.h"
#include "storage/log/key_hash.h"

namespace barnabas::broker {

// log.cleaner.* of the broker.
struct CompactorSettings {
  int64_t backoff_ms = 0;
  int64_t memory_bytes_max = 0;
  int64_t bytes_per_second = 0;
};

class Compactor {
 public:
  static constexpr size_t kWaitingMax = 1024;

  // All outlive the loops and the worker.
  struct Deps {
    std::function<std::vector<std::shared_ptr<Partition>>()> partitions;
    env::EventLoop* control = nullptr;
    // Of one thread.
    env::WorkerPool* worker = nullptr;
    env::Registry* registry = nullptr;
    std::function<CompactorSettings()> settings;
    // Nobody can choose keys that fall together.
    log::HashSecret secret = {};
  };

  explicit Compactor(Deps deps);

  void Start();
  // Compacts all that the partition holds now. `done` is called once, on some
  // loop, or dropped when the broker stops.
  void CompactNow(std::shared_ptr<Partition> partition,
                  CompactionRun::Done done);

 private:
  struct Wanted {
    std::shared_ptr<Partition> partition;
    CompactionRun::Done done;
  };
  // What a log would have to compact.
  struct Candidate {
    std::shared_ptr<Partition> partition;
    double dirty_ratio = 0;
    bool due = false;
  };

  void LookAround();
  static Candidate Judge(std::shared_ptr<Partition> partition);
  void Judged(Candidate candidate);
  void RunNext();
  void Run(Wanted wanted, bool everything);
  void Ended(const Partition& partition, const CompactionResult& result);
  // Looks around again after `wait`.
  void Rest(absl::Duration wait);

  const Deps deps_;
  env::Counter* const done_;
  env::Counter* const failed_;
  env::Counter* const read_bytes_;
  env::Counter* const removed_bytes_;
  env::Gauge* const dirty_ratio_;
  env::Gauge* const passed_over_count_;
  // Shared with the registry, which outlives this.
  const std::shared_ptr<std::atomic<double>> busy_seconds_;

  // Of the control loop.
  std::deque<Wanted> waiting_;
  // Until the broker starts anew, or somebody asks for them.
  absl::flat_hash_set<TopicPartition> passed_over_;
  // A run, or a look around, is under way.
  bool busy_ = false;
  env::TimerId rest_ = 0;
  // Of the look around: who has not answered, and the best so far.
  size_t unanswered_ = 0;
  Candidate best_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_COMPACTOR_H_
