#include "broker/broker_threads.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"

namespace barnabas::broker {
namespace {

// More loops than this gain nothing and cost wake-ups.
constexpr size_t kLoopsMax = 8;
// Syncs of different logs go to the disk together.
constexpr int kWorkersMin = 4;

size_t LoopCount() {
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kLoopsMax);
}

int WorkerCount() {
  return std::max<int>(kWorkersMin, static_cast<int>(LoopCount()));
}

}  // namespace

BrokerThreads::BrokerThreads(const env::Clock* clock, env::Histogram* lag)
    : control_({.clock = clock, .name = "control", .lag = lag}),
      membership_(
          std::make_shared<env::ThreadEventLoop>(env::ThreadEventLoop::Options{
              .clock = clock, .name = "membership", .lag = lag})),
      partitions_(clock, "partition", LoopCount(), lag),
      reading_(clock, "reader", LoopCount(), lag),
      workers_({.name = "worker", .threads = WorkerCount()}),
      cleaner_({.name = "cleaner"}) {}

void BrokerThreads::RunOnMembership(std::function<void()> work) {
  absl::Notification done;
  membership_->PostAlways([&done, &work] {
    work();
    done.Notify();
  });
  done.WaitForNotification();
}

void BrokerThreads::Stop() {
  membership_->Stop();
  control_.Stop();
  reading_.Stop();
  partitions_.Stop();
  cleaner_.Stop();
  workers_.Stop();
}

}  // namespace barnabas::broker
