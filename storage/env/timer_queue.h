// TimerQueue: what is to run at which time; the timers of one loop.
//
// What: tasks ordered by due time, then by age. Loops on real and on virtual
//   time share it, so both run timers in the same order.
// Units: monotonic time of the loop's clock.
// Empty case: no timers: NextDue is absl::InfiniteDuration().
// Thread: the owner serialises.
// Errors: none. Unknown ids are ignored by Remove.
// Always true: ids are never 0 and never used twice; at most kTimersMax wait
//   (CHECK: timers belong to streams and partitions, which are bounded).
#ifndef BARNABAS_STORAGE_ENV_TIMER_QUEUE_H_
#define BARNABAS_STORAGE_ENV_TIMER_QUEUE_H_

#include <cstddef>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "storage/env/event_loop.h"

namespace barnabas::env {

class TimerQueue {
 public:
  static constexpr size_t kTimersMax = size_t{1} << 20;

  TimerId Add(absl::Duration due, Task task);

  // Gives the task of a waiting timer back, so that the caller can destroy it
  // outside its lock; an empty Task for an unknown id.
  Task Remove(TimerId timer);

  absl::Duration NextDue() const;

  // Takes out the first timer that is due at `now`; an empty Task if none.
  Task PopDue(absl::Duration now);

  bool Empty() const { return tasks_.empty(); }

 private:
  TimerId last_id_ = 0;
  std::map<std::pair<absl::Duration, TimerId>, Task> tasks_;
  absl::flat_hash_map<TimerId, absl::Duration> due_;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_TIMER_QUEUE_H_
