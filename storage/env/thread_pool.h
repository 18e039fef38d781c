// ThreadPool: a WorkerPool of a fixed number of threads.
//
// What: runs blocking work (syncs, recovery, RocksDB) in the order given, on
//   whichever thread is free.
// Units: threads and waiting tasks are counts.
// Empty case: idle threads sleep.
// Thread: Run from any thread. Stop and the destructor must not be called by
//   work of this pool (CHECK).
// Errors: Run is false at `tasks_max` waiting tasks, and after Stop.
// Always true: work that began is finished before Stop returns; what waits is
//   dropped.
#ifndef BARNABAS_STORAGE_ENV_THREAD_POOL_H_
#define BARNABAS_STORAGE_ENV_THREAD_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "proto/types/limits.h"
#include "storage/env/event_loop.h"

namespace barnabas::env {

class ThreadPool final : public WorkerPool {
 public:
  struct Options {
    std::string name = "worker";
    int threads = 1;
    size_t tasks_max = kLoopTasksMax;
  };

  explicit ThreadPool(const Options& options);
  ~ThreadPool() override;

  bool Run(Task work) override;

  // Lets running work finish, drops what waits, joins. May be called again.
  void Stop();

 private:
  void Work();

  const std::string name_;
  const size_t tasks_max_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;

  std::vector<std::thread> threads_;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_THREAD_POOL_H_
