// ThreadEventLoop: an EventLoop that owns one thread.
//
// What: tasks gather in a queue under a mutex; the thread takes all of them at
//   once and runs them without the lock, then the timers that are due. Posting
//   to a loop that is awake costs a lock and a push; only a sleeping one is
//   woken. While it sleeps it may borrow another thread (RunNow): a thread
//   switch costs more than most tasks.
// Units: as event_loop.h.
// Empty case: the thread sleeps until the next timer or task.
// Thread: the constructor starts the thread. Stop and the destructor must not
//   be called on the loop itself (CHECK).
// Errors: Post is false at `tasks_max` waiting tasks, and after Stop.
//   PostAlways and After after Stop drop their task.
// Always true: a task is destroyed right after it ran, before the next one;
//   tasks that never run are destroyed by Stop, outside the lock.
#ifndef BARNABAS_STORAGE_ENV_THREAD_EVENT_LOOP_H_
#define BARNABAS_STORAGE_ENV_THREAD_EVENT_LOOP_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "proto/types/limits.h"
#include "storage/env/clock.h"
#include "storage/env/event_loop.h"
#include "storage/env/histogram.h"
#include "storage/env/timer_queue.h"

namespace barnabas::env {

class ThreadEventLoop final : public EventLoop {
 public:
  struct Options {
    const Clock* clock = nullptr;
    // Shown by ps and perf; the first 15 characters count.
    std::string name = "loop";
    int32_t tasks_max = kLoopTasksMax;
    // Takes how long the oldest task of each round waited, in nanoseconds.
    // May be null.
    Histogram* lag = nullptr;
  };

  explicit ThreadEventLoop(const Options& options);
  ~ThreadEventLoop() override;

  bool Post(Task task) override;
  void PostAlways(Task task) override;
  bool RunNow(Task& task) override;
  TimerId After(absl::Duration delay, Task task) override;
  void Cancel(TimerId timer) override;
  bool IsOnLoop() const override;
  const Clock& clock() const override { return *clock_; }

  // Lets the running task finish, drops all others and joins the thread. May
  // be called again.
  void Stop();

 private:
  struct Queued {
    Task task;
    // Counts against tasks_max_.
    bool counted = false;
  };

  // What the thread does while it runs nothing.
  struct Rest {
    // It waits and may be woken, or spared by a borrower.
    bool sleeping = false;
    // Another thread runs a task; this one must run nothing.
    bool borrowed = false;
    // It woke up meanwhile and waits for the borrower.
    bool held_up = false;
    // It sleeps until then.
    absl::Duration until;
  };

  void Enqueue(Task task, bool counted) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Run();
  // Waits for work and moves the queue into `round`.
  void TakeRound(std::vector<Queued>* round);
  void RunDueTimers();
  // Takes the loop for the calling thread; false if its own thread is awake.
  bool Borrow();
  void GiveBack();

  const Clock* const clock_;
  const std::string name_;
  const int32_t tasks_max_;
  Histogram* const lag_;

  // Not absl::Mutex: its timed waits follow wall time, so a clock set back by
  // an hour would hold timers for an hour. std::condition_variable waits on
  // the monotonic clock.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Queued> queue_ ABSL_GUARDED_BY(mutex_);
  int32_t counted_ ABSL_GUARDED_BY(mutex_) = 0;
  // When the first task of queue_ was posted; kept only if lag_ is.
  absl::Duration oldest_ ABSL_GUARDED_BY(mutex_);
  TimerQueue timers_ ABSL_GUARDED_BY(mutex_);
  Rest rest_ ABSL_GUARDED_BY(mutex_);
  // Set under mutex_; read between two tasks without it.
  std::atomic<bool> stopped_ = false;

  std::thread thread_;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_THREAD_EVENT_LOOP_H_
