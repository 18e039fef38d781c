// BrokerThreads: every thread of a broker that is not gRPC's.
//
// What: the loop that applies metadata, the loop that speaks to controllers,
//   the loops of partitions, the loops of readers, and the workers that block.
// Units: counts. Empty case: at least one of each.
// Thread: made and stopped by the process; loops are for everyone.
// Errors: none.
// Always true: Stop ends all of them; what was posted later is dropped.
#ifndef BARNABAS_BROKER_BROKER_THREADS_H_
#define BARNABAS_BROKER_BROKER_THREADS_H_

#include <functional>
#include <memory>

#include "broker/replication/data_loops.h"
#include "storage/env/clock.h"
#include "storage/env/histogram.h"
#include "storage/env/thread_event_loop.h"
#include "storage/env/thread_pool.h"

namespace barnabas::broker {

class BrokerThreads {
 public:
  // `lag` takes how long tasks waited; may be null.
  BrokerThreads(const env::Clock* clock, env::Histogram* lag);
  ~BrokerThreads() { Stop(); }

  env::EventLoop* control() { return &control_; }
  // Shared with calls to controllers, which may end late.
  std::shared_ptr<env::EventLoop> membership() { return membership_; }
  const DataLoops& partitions() const { return partitions_; }
  const DataLoops& reading() const { return reading_; }
  env::WorkerPool* workers() { return &workers_; }
  // Compaction: long work that must not hold syncs up.
  env::WorkerPool* cleaner() { return &cleaner_; }

  // Runs `work` on the membership loop and waits for it.
  void RunOnMembership(std::function<void()> work);

  void Stop();

 private:
  env::ThreadEventLoop control_;
  const std::shared_ptr<env::ThreadEventLoop> membership_;
  DataLoops partitions_;
  DataLoops reading_;
  env::ThreadPool workers_;
  env::ThreadPool cleaner_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_BROKER_THREADS_H_
