// DataLoops: the event loops that partitions live on.
//
// What: a fixed number of threads; a partition belongs to one by its hash, so
//   what happens to it needs no lock.
// Units: threads. Empty case: at least one loop.
// Thread: For from any thread. Stop once, not from a loop.
// Errors: none.
#ifndef BARNABAS_BROKER_REPLICATION_DATA_LOOPS_H_
#define BARNABAS_BROKER_REPLICATION_DATA_LOOPS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "proto/types/topic_partition.h"
#include "storage/env/clock.h"
#include "storage/env/histogram.h"
#include "storage/env/thread_event_loop.h"

namespace barnabas::broker {

class DataLoops {
 public:
  // `lag` takes how long tasks waited, in nanoseconds; may be null.
  DataLoops(const env::Clock* clock, const std::string& name, size_t count,
            env::Histogram* lag);

  env::EventLoop* For(const TopicPartition& key) const;
  // One after the other, for work that belongs to no partition.
  env::EventLoop* At(size_t turn) const;
  size_t size() const { return loops_.size(); }

  void Stop();

 private:
  std::vector<std::unique_ptr<env::ThreadEventLoop>> loops_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_DATA_LOOPS_H_
