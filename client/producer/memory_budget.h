// MemoryBudget: bytes of records that wait or are on their way.
//
// What: Send takes bytes before it keeps a record, the sender gives them back
//   when the record is answered. Without contention one atomic addition.
// Units: bytes. Ranges: requests above the limit never succeed.
// Empty case: a new budget has nothing taken.
// Thread: any. Errors: Take answers false when the bytes did not become free
//   in time, or after Shut.
// Always true: what is taken stays at or below the limit.
#ifndef BARNABAS_CLIENT_PRODUCER_MEMORY_BUDGET_H_
#define BARNABAS_CLIENT_PRODUCER_MEMORY_BUDGET_H_

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace barnabas::client {

class MemoryBudget {
 public:
  explicit MemoryBudget(int64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  [[nodiscard]] bool Take(int64_t bytes, absl::Duration timeout);
  void GiveBack(int64_t bytes);

  // Waiting calls, and all later ones that would wait, answer false.
  void Shut();

  int64_t taken_bytes() const {
    return taken_bytes_.load(std::memory_order_relaxed);
  }
  int64_t limit_bytes() const { return limit_bytes_; }

 private:
  bool TryTake(int64_t bytes);

  const int64_t limit_bytes_;
  std::atomic<int64_t> taken_bytes_ = 0;
  // Calls in the slow path; GiveBack looks for them.
  std::atomic<int> waiting_ = 0;

  absl::Mutex mutex_;
  absl::CondVar freed_;
  bool shut_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_MEMORY_BUDGET_H_
