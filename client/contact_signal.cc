#include "client/contact_signal.h"

#include <utility>

#include "proto/types/error.h"

namespace barnabas::client {

void ContactSignal::Tell(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  told_ = status;
  signal_.SignalAll();
}

absl::Status ContactSignal::Wait(absl::Duration timeout,
                                 const env::Clock& clock) {
  const absl::Duration until = clock.Monotonic() + timeout;
  absl::MutexLock lock(&mutex_);
  while (!told_.has_value() || !told_->ok()) {
    const absl::Duration left = until - clock.Monotonic();
    if (left <= absl::ZeroDuration()) break;
    signal_.WaitWithTimeout(&mutex_, left);
  }
  if (told_.has_value()) return *told_;
  return MakeError(ErrorCode::kBrokerNotAvailable, "no broker answered",
                   "see whether the cluster runs: barnabas dev status");
}

void RunOnLoop(env::EventLoop* loop, env::Task task) {
  absl::Mutex mutex;
  bool done = false;
  loop->PostAlways([&] {
    task();
    absl::MutexLock lock(&mutex);
    done = true;
  });
  absl::MutexLock lock(&mutex);
  mutex.Await(absl::Condition(&done));
}

}  // namespace barnabas::client
