#include "client/producer/memory_budget.h"

namespace barnabas::client {

bool MemoryBudget::TryTake(int64_t bytes) {
  if (taken_bytes_.fetch_add(bytes) + bytes <= limit_bytes_) return true;
  taken_bytes_.fetch_sub(bytes);
  return false;
}

bool MemoryBudget::Take(int64_t bytes, absl::Duration timeout) {
  if (TryTake(bytes)) return true;
  if (timeout <= absl::ZeroDuration() || bytes > limit_bytes_) return false;
  absl::MutexLock lock(&mutex_);
  waiting_.fetch_add(1);
  bool taken = false;
  bool in_time = true;
  // One more try after the time is up: the last bytes may have come with it.
  while (!shut_ && !(taken = TryTake(bytes)) && in_time) {
    in_time = !freed_.WaitWithTimeout(&mutex_, timeout);
  }
  waiting_.fetch_sub(1);
  return taken;
}

void MemoryBudget::GiveBack(int64_t bytes) {
  taken_bytes_.fetch_sub(bytes);
  if (waiting_.load() == 0) return;
  absl::MutexLock lock(&mutex_);
  freed_.SignalAll();
}

void MemoryBudget::Shut() {
  absl::MutexLock lock(&mutex_);
  shut_ = true;
  freed_.SignalAll();
}

}  // namespace barnabas::client
