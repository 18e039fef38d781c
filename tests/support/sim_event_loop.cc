#include "tests/support/sim_event_loop.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace barnabas::support {

SimEventLoop::SimEventLoop(SimScheduler* scheduler, int32_t tasks_max)
    : scheduler_(scheduler), tasks_max_(tasks_max) {
  scheduler_->Add(this);
}

SimEventLoop::~SimEventLoop() {
  scheduler_->Remove(this);
  Stop();
}

bool SimEventLoop::Post(env::Task task) {
  if (stopped_ || queue_.size() >= static_cast<size_t>(tasks_max_)) {
    return false;
  }
  queue_.push_back(std::move(task));
  return true;
}

void SimEventLoop::PostAlways(env::Task task) {
  if (!stopped_) queue_.push_back(std::move(task));
}

env::TimerId SimEventLoop::After(absl::Duration delay, env::Task task) {
  if (stopped_) return 0;
  return timers_.Add(
      scheduler_->clock()->Monotonic() + std::max(delay, absl::ZeroDuration()),
      std::move(task));
}

void SimEventLoop::Cancel(env::TimerId timer) {
  const env::Task dropped = timers_.Remove(timer);
}

void SimEventLoop::Stop() {
  stopped_ = true;
  // What is dropped may post again, so it must not lie in the members.
  const std::deque<env::Task> queue = std::exchange(queue_, {});
  const env::TimerQueue timers = std::exchange(timers_, {});
}

bool SimEventLoop::Ready(absl::Duration now) const {
  if (paused_ || stopped_) return false;
  return !queue_.empty() || timers_.NextDue() <= now;
}

absl::Duration SimEventLoop::NextDue() const {
  if (paused_ || stopped_) return absl::InfiniteDuration();
  return timers_.NextDue();
}

void SimEventLoop::RunOne(absl::Duration now, uint64_t choice) {
  env::Task task;
  if (queue_.empty() || choice % 2 == 0) task = timers_.PopDue(now);
  if (!task) {
    task = std::move(queue_.front());
    queue_.pop_front();
  }
  task();
}

SimWorkerPool::SimWorkerPool(SimScheduler* scheduler, const Options& options)
    : scheduler_(scheduler), options_(options) {
  scheduler_->Add(this);
}

SimWorkerPool::~SimWorkerPool() {
  scheduler_->Remove(this);
  Stop();
}

bool SimWorkerPool::Run(env::Task work) {
  if (stopped_ || queue_.size() >= options_.tasks_max) return false;
  const uint64_t span =
      static_cast<uint64_t>(absl::ToInt64Nanoseconds(options_.task_time_max));
  const absl::Duration takes =
      absl::Nanoseconds(static_cast<int64_t>(scheduler_->Draw() % (span + 1)));
  queue_.push_back(
      Work{scheduler_->clock()->Monotonic() + takes, std::move(work)});
  return true;
}

void SimWorkerPool::Stop() {
  stopped_ = true;
  const std::deque<Work> queue = std::exchange(queue_, {});
}

size_t SimWorkerPool::Begun() const {
  return stalled_ ? 0 : std::min(queue_.size(), options_.workers);
}

bool SimWorkerPool::Ready(absl::Duration now) const {
  for (size_t i = 0; i < Begun(); ++i) {
    if (queue_[i].ready_at <= now) return true;
  }
  return false;
}

absl::Duration SimWorkerPool::NextDue() const {
  absl::Duration next = absl::InfiniteDuration();
  for (size_t i = 0; i < Begun(); ++i) {
    next = std::min(next, queue_[i].ready_at);
  }
  return next;
}

void SimWorkerPool::RunOne(absl::Duration now, uint64_t choice) {
  std::vector<size_t> ready;
  for (size_t i = 0; i < Begun(); ++i) {
    if (queue_[i].ready_at <= now) ready.push_back(i);
  }
  const auto chosen =
      queue_.begin() + static_cast<ptrdiff_t>(ready[choice % ready.size()]);
  env::Task task = std::move(chosen->task);
  queue_.erase(chosen);
  task();
}

}  // namespace barnabas::support
