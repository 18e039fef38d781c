// PartitionQueue: where Send leaves records of one partition for the sender.
//
// What: an accumulator under a lock, and the rule when the sender must be told
//   that there is something to fetch: once, until it finds nothing more.
// Units: bytes, monotonic time. Empty case: TakeFirst gives nothing.
// Thread: any; the lock is held for the encoding of one record.
// Errors: once shut, nothing is taken.
// Always true: whatever is in the queue, either the sender was told and has
//   not found it empty since, or a batch is open and the sender, who found it,
//   will look again.
#ifndef BARNABAS_CLIENT_PRODUCER_PARTITION_QUEUE_H_
#define BARNABAS_CLIENT_PRODUCER_PARTITION_QUEUE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
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
    // Shut: not taken.
    kShut,
  };
  [[nodiscard]] Appended Append(const GatheredRecord& record,
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

 private:
  const Options options_;

  absl::Mutex mutex_;
  Accumulator accumulator_ ABSL_GUARDED_BY(mutex_);
  // The sender knows that something is here.
  bool announced_ ABSL_GUARDED_BY(mutex_) = false;
  bool shut_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_PARTITION_QUEUE_H_
