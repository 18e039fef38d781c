// EventLoop: one logical thread, a bounded queue of tasks, and timers.
//
// What: the only way state machines run. Tasks run one at a time, in the order
//   posted; timers run when due, never early. Real loops own a thread;
//   simulated ones are turned by the test.
// Units: delays are absl::Duration on the clock's monotonic time.
// Empty case: a loop with nothing to do sleeps.
// Thread: Post, After and Cancel may be called from any thread; tasks run on
//   the loop. Destroying a loop drops what has not run.
// Errors: Post answers false when the queue is full (kLoopTasksMax) or the
//   loop has stopped; the task was then not taken. `PostAlways` is for
//   completions whose number is bounded by other means (a finished sync, a
//   finished write): it does not count against the bound.
#ifndef BARNABAS_STORAGE_ENV_EVENT_LOOP_H_
#define BARNABAS_STORAGE_ENV_EVENT_LOOP_H_

#include <cstdint>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "storage/env/clock.h"

namespace barnabas::env {

using Task = absl::AnyInvocable<void()>;
// Names a timer; 0 is never used.
using TimerId = uint64_t;

class EventLoop {
 public:
  virtual ~EventLoop() = default;

  [[nodiscard]] virtual bool Post(Task task) = 0;
  virtual void PostAlways(Task task) = 0;
  // A loop that sleeps may borrow the calling thread and run the task at once,
  // which saves waking its own; otherwise answers false and leaves the task
  // alone. For callers that hold no lock and can wait as long as it takes.
  [[nodiscard]] virtual bool RunNow(Task& /*task*/) { return false; }
  // As PostAlways, but at once if that is possible.
  void RunOrPost(Task task) {
    if (!RunNow(task)) PostAlways(std::move(task));
  }

  // Runs `task` once, `delay` from now or later.
  virtual TimerId After(absl::Duration delay, Task task) = 0;
  // Forgets a timer. On the loop itself: it will not run any more. Unknown or
  // finished ids are ignored.
  virtual void Cancel(TimerId timer) = 0;

  virtual bool IsOnLoop() const = 0;
  virtual const Clock& clock() const = 0;
};

// Runs blocking work (syncs, recovery, RocksDB) beside loops.
class WorkerPool {
 public:
  virtual ~WorkerPool() = default;

  // Runs `work` on some worker. False when the bounded queue is full or the
  // pool has stopped.
  [[nodiscard]] virtual bool Run(Task work) = 0;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_EVENT_LOOP_H_
