// PartitionQueue: where Send leaves records of one partition for the sender.
//
// What: an accumulator under a lock, and the rule when the sender must be told
//   that there is something to fetch: once, until it finds nothing more. Memory
//   is granted to it in pieces larger than a record, so that most records
//   touch nothing that threads share but the lock.
// Units: bytes, monotonic time. Empty case: TakeFirst gives nothing.
// Thread: any; the lock is held for the encoding of one record.
// Errors: once shut, nothing is taken.
// Always true: whatever is in the queue, either the sender was told and has
//   not found it empty since, or a batch is open and the sender, who found it,
//   will look again. An empty queue holds no memory: what was granted leaves
//   with the last batch.
#ifndef BARNABAS_CLIENT_PRODUCER_PARTITION_QUEUE_H_
#define BARNABAS_CLIENT_PRODUCER_PARTITION_QUEUE_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "client/producer/accumulator.h"
#include "client/producer/flush_ledger.h"
#include "storage/env/clock.h"

namespace barnabas::client {

class PartitionQueue {
 public:
  struct Options {
    AccumulatorOptions accumulator;
    const env::Clock* clock = nullptr;
    FlushLedger* ledger = nullptr;
  };

  explicit PartitionQueue(const Options& options);

  enum class Appended {
    kTaken,
    // Taken, and the sender must be told.
    kTakenTell,
    // Shut: not taken, nor is the grant.
    kShut,
    // The record needs more memory than is granted: not taken.
    kNoMemory,
  };
  // `grant` bytes of the budget are the queue's from now on; with at least the
  // record's there is memory.
  [[nodiscard]] Appended Append(const GatheredRecord& record, int64_t grant,
                                DeliveryCallback&& callback);
  [[nodiscard]] Appended AppendReadyMade(PendingBatchPtr batch);
  // Nothing is taken any more; what is here stays.
  void Shut();

  struct Taken {
    // Absent if there is none, or none that may go now.
    std::optional<GatheredBatch> batch;
    // There is one, but it does not fit.
    bool no_room = false;
    // When the open one will be old enough.
    absl::Duration due = absl::InfiniteDuration();
  };
  // The first batch that is full or has been open for `linger`, if it takes at
  // most `bytes_max` (an upper bound is compared).
  Taken TakeFirst(absl::Duration linger, int64_t bytes_max);
  void GiveBack(record::BatchBuilder builder);
  // Takes out everything that was opened before `moment`.
  std::vector<GatheredBatch> Expire(absl::Duration moment);

  // Records that were ever taken.
  int64_t accepted() const;

 private:
  GatheredBatch TakeBatch(bool open_too) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;

  // Not absl::Mutex, which costs a fast sender more for each record.
  mutable std::mutex mutex_;
  Accumulator accumulator_ ABSL_GUARDED_BY(mutex_);
  // Of the budget, for records to come.
  int64_t granted_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t accepted_ ABSL_GUARDED_BY(mutex_) = 0;
  // The sender knows that something is here.
  bool announced_ ABSL_GUARDED_BY(mutex_) = false;
  bool shut_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_PARTITION_QUEUE_H_
