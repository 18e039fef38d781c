// RecordFollower: one consumer of a run, which writes down what it reads.
//
// What: follows all logs from their start. A jumping one goes back to an
//   earlier offset now and then (Jump), so that sessions begin in the middle
//   of things. Refused an offset (after a power cut), it goes on at the end
//   that it was told.
// Units: offsets, records. Empty case: nothing is there yet: it waits.
// Thread: one of its own; the methods by its owner.
// Errors: troubles go into the history; the checker judges them.
#ifndef BARNABAS_TESTS_CHAOS_RECORD_FOLLOWER_H_
#define BARNABAS_TESTS_CHAOS_RECORD_FOLLOWER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/consumer/consumer.h"
#include "tests/chaos/client_set.h"

namespace barnabas::chaos {

struct FollowerPlan {
  int32_t id = 0;
  bool jumps = false;
  uint64_t seed = 1;
};

class RecordFollower {
 public:
  // `set` outlives it.
  RecordFollower(const ClientSet* set, const FollowerPlan& plan);
  ~RecordFollower();

  // Soon goes back by some records in every log; nothing unless it jumps.
  void Jump() { jump_ = plan_.jumps; }
  // Waits until it has everything below `ends` (by log).
  bool AwaitPositions(const std::map<int32_t, History::Range>& ends,
                      absl::Duration patience) const;
  void Stop();

 private:
  void Run();
  void Begin(int32_t log, int64_t offset);
  void JumpNow();
  void TakeRecords(const client::ConsumedRecords& records);
  void TakeTrouble(const client::PartitionTrouble& trouble);
  client::ConsumerPartition PartitionOf(int32_t log) const;
  int32_t LogOf(const client::ConsumerPartition& partition) const;

  const ClientSet* const set_;
  const FollowerPlan plan_;
  std::unique_ptr<client::Consumer> consumer_;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> jump_ = false;
  uint64_t jumps_ = 0;
  mutable absl::Mutex mutex_;
  std::vector<int64_t> positions_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// The record as it was read: whose it is, where, of when.
ReadRecord ReadRecordOf(const record::RecordView& record);

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_RECORD_FOLLOWER_H_
