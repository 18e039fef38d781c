// ReadWait: waits once for records in any of several partitions.
//
// What: asks every partition to wake it beyond an offset and calls back on a
//   reading loop at the first wake; the others are forgotten.
// Units: offsets. Empty case: without partitions nothing ever wakes.
// Thread: made, cancelled and called on one reading loop.
// Errors: a partition that takes no more readers counts as a wake: the caller
//   reads again and finds out.
// Always true: `wake` runs at most once, and never after Cancel.
#ifndef BARNABAS_BROKER_SERVICE_READ_WAIT_H_
#define BARNABAS_BROKER_SERVICE_READ_WAIT_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "broker/replication/partition.h"
#include "proto/types/offsets.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

class ReadWait : public std::enable_shared_from_this<ReadWait> {
 public:
  using Place = std::pair<std::shared_ptr<Partition>, Offset>;

  // Keep the result; letting go of it does not cancel.
  static std::shared_ptr<ReadWait> Begin(env::EventLoop* loop,
                                         std::vector<Place> places,
                                         env::Task wake);

  void Cancel();

 private:
  ReadWait(env::EventLoop* loop, std::vector<Place> places, env::Task wake);

  void Register();
  void Woken(size_t place);
  // Ends the waiting at every place but the one that woke it.
  void Forget(size_t woken);
  uint64_t id() const { return reinterpret_cast<uintptr_t>(this); }

  env::EventLoop* const loop_;
  const std::vector<Place> places_;
  env::Task wake_;
  bool over_ = false;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_READ_WAIT_H_
