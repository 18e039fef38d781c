// AppliedWaiters: who waits for a metadata version to be applied here.
//
// What: callers parked by version, woken when it is reached or their time is
//   over.
// Units: offsets of the metadata log; absl::Duration.
// Empty case: a version that is reached already answers at once.
// Thread: all on the loop. Errors: REQUEST_TIMED_OUT, OVERLOADED above
//   kWaitersMax, SHUTTING_DOWN.
// Always true: each caller is answered exactly once.
#ifndef BARNABAS_BROKER_CLUSTER_APPLIED_WAITERS_H_
#define BARNABAS_BROKER_CLUSTER_APPLIED_WAITERS_H_

#include <cstdint>
#include <map>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "proto/types/offsets.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

class AppliedWaiters {
 public:
  using Done = absl::AnyInvocable<void(const absl::Status&)>;
  static constexpr size_t kWaitersMax = 10000;

  explicit AppliedWaiters(std::shared_ptr<env::EventLoop> loop);
  ~AppliedWaiters();

  void Wait(LogIndex version, absl::Duration timeout, Done done);
  void Applied(LogIndex version);
  // Answers all with SHUTTING_DOWN, and whoever comes later.
  void Stop();

 private:
  struct Waiter {
    env::TimerId timer = 0;
    Done done;
  };
  // By version, then by order of arrival.
  using Key = std::pair<int64_t, uint64_t>;

  void TimeOut(const Key& key);

  const std::shared_ptr<env::EventLoop> loop_;

  LogIndex applied_{-1};
  bool stopped_ = false;
  uint64_t next_ = 0;
  std::map<Key, Waiter> waiters_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_APPLIED_WAITERS_H_
