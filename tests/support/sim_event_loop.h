// SimEventLoop and SimWorkerPool: loops and workers without threads.
//
// What: the EventLoop and WorkerPool of storage/env, turned by a SimScheduler.
//   A loop runs its tasks in the order posted, its timers when due; between a
//   waiting task and a due timer the seed decides. A pool of n workers may
//   finish any of its first n tasks next, each after a time that the seed
//   draws, as threads on a busy disk do.
// Units: virtual time. Empty case: nothing to run, never ready.
// Thread: that of the scheduler.
// Errors: Post and Run are false at the bound, and after Stop.
// Always true: what was dropped by Stop or by destruction never runs.
#ifndef BARNABAS_TESTS_SUPPORT_SIM_EVENT_LOOP_H_
#define BARNABAS_TESTS_SUPPORT_SIM_EVENT_LOOP_H_

#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/time/time.h"
#include "proto/types/limits.h"
#include "storage/env/clock.h"
#include "storage/env/event_loop.h"
#include "storage/env/timer_queue.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::support {

class SimEventLoop final : public env::EventLoop, public SimActor {
 public:
  explicit SimEventLoop(SimScheduler* scheduler,
                        int32_t tasks_max = kLoopTasksMax);
  ~SimEventLoop() override;

  bool Post(env::Task task) override;
  void PostAlways(env::Task task) override;
  env::TimerId After(absl::Duration delay, env::Task task) override;
  void Cancel(env::TimerId timer) override;
  bool IsOnLoop() const override { return scheduler_->current() == this; }
  const env::Clock& clock() const override { return *scheduler_->clock(); }

  // A paused loop takes tasks but runs nothing: a stopped process.
  void SetPaused(bool paused) { paused_ = paused; }
  // Drops everything; nothing is taken any more: a killed process.
  void Stop();

  bool Ready(absl::Duration now) const override;
  absl::Duration NextDue() const override;
  void RunOne(absl::Duration now, uint64_t choice) override;

 private:
  SimScheduler* const scheduler_;
  const int32_t tasks_max_;

  std::deque<env::Task> queue_;
  env::TimerQueue timers_;
  bool paused_ = false;
  bool stopped_ = false;
};

class SimWorkerPool final : public env::WorkerPool, public SimActor {
 public:
  struct Options {
    size_t workers = 1;
    size_t tasks_max = kLoopTasksMax;
    // Each task takes a time from [0, task_time_max].
    absl::Duration task_time_max = absl::ZeroDuration();
  };

  SimWorkerPool(SimScheduler* scheduler, const Options& options);
  explicit SimWorkerPool(SimScheduler* scheduler)
      : SimWorkerPool(scheduler, Options()) {}
  ~SimWorkerPool() override;

  bool Run(env::Task work) override;

  // A stalled pool takes tasks but finishes none: a disk that hangs.
  void SetStalled(bool stalled) { stalled_ = stalled; }
  // Drops everything; nothing is taken any more.
  void Stop();

  bool Ready(absl::Duration now) const override;
  absl::Duration NextDue() const override;
  void RunOne(absl::Duration now, uint64_t choice) override;

 private:
  struct Work {
    absl::Duration ready_at;
    env::Task task;
  };

  // How many tasks have a worker.
  size_t Begun() const;

  SimScheduler* const scheduler_;
  const Options options_;

  std::deque<Work> queue_;
  bool stalled_ = false;
  bool stopped_ = false;
};

}  // namespace barnabas::support

#endif  // BARNABAS_TESTS_SUPPORT_SIM_EVENT_LOOP_H_
