// FlushLedger: what a producer still owes its callers.
//
// What: counts batches by generation. Flush begins a new generation and waits
//   until none of the older ones has batches left, so that it waits for what
//   was sent before it and not for what comes later. Also counts what was
//   answered, and keeps the first failure.
// Units: records, batches. Empty case: nothing owed: Wait answers at once.
// Thread: any. Errors: Wait gives REQUEST_TIMED_OUT when time is up, else the
//   first failure since the last Wait.
// Always true: every batch opened is closed once.
#ifndef BARNABAS_CLIENT_PRODUCER_FLUSH_LEDGER_H_
#define BARNABAS_CLIENT_PRODUCER_FLUSH_LEDGER_H_

#include <atomic>
#include <cstdint>
#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace barnabas::client {

class FlushLedger {
 public:
  // A batch was opened; it belongs to the generation that is returned.
  uint64_t Open();
  // All records of a batch were answered.
  void Close(uint64_t generation, int32_t records, const absl::Status& status);

  // Ends the current generation and waits for it and all before it.
  absl::Status Wait(absl::Duration timeout);

  // Batches opened and not closed.
  int64_t open_batches() const {
    return open_batches_.load(std::memory_order_relaxed);
  }
  int64_t acknowledged() const { return acknowledged_.load(); }
  int64_t failed() const { return failed_.load(); }

 private:
  bool IsPaid(uint64_t generation) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  std::atomic<int64_t> acknowledged_ = 0;
  std::atomic<int64_t> failed_ = 0;
  std::atomic<int64_t> open_batches_ = 0;

  absl::Mutex mutex_;
  absl::CondVar closed_;
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 1;
  // Open batches by generation; without zeros.
  std::map<uint64_t, int64_t> open_ ABSL_GUARDED_BY(mutex_);
  absl::Status first_failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_FLUSH_LEDGER_H_
