#include "storage/env/thread_event_loop.h"

#include <glog/logging.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace barnabas::env {
namespace {

// A sleep is never longer, so that a deadline far away cannot overflow the
// wait; the loop then just looks again.
constexpr absl::Duration kSleepMax = absl::Hours(1);

// Linux takes 15 characters.
constexpr size_t kThreadNameMax = 15;

// The loop that the calling thread runs, if any.
const EventLoop*& CurrentLoop() {
  thread_local const EventLoop* current = nullptr;
  return current;
}

}  // namespace

ThreadEventLoop::ThreadEventLoop(const Options& options)
    : clock_(options.clock),
      name_(options.name.substr(0, kThreadNameMax)),
      tasks_max_(options.tasks_max),
      lag_(options.lag) {
  CHECK(clock_ != nullptr) << "a loop needs a clock";
  thread_ = std::thread([this] { Run(); });
}

ThreadEventLoop::~ThreadEventLoop() { Stop(); }

bool ThreadEventLoop::Post(Task task) {
  std::unique_lock lock(mutex_);
  if (stopped_ || counted_ >= tasks_max_) return false;
  ++counted_;
  Enqueue(std::move(task), /*counted=*/true);
  return true;
}

void ThreadEventLoop::PostAlways(Task task) {
  std::unique_lock lock(mutex_);
  if (stopped_) {
    // The task may hold anything, even what locks this loop.
    lock.unlock();
    return;
  }
  Enqueue(std::move(task), /*counted=*/false);
}

bool ThreadEventLoop::RunNow(Task& task) {
  if (!Borrow()) return false;
  const EventLoop* const before = std::exchange(CurrentLoop(), this);
  task();
  task = nullptr;
  CurrentLoop() = before;
  GiveBack();
  return true;
}

bool ThreadEventLoop::Borrow() {
  std::unique_lock lock(mutex_);
  if (!rest_.sleeping || stopped_) return false;
  rest_.sleeping = false;
  rest_.borrowed = true;
  return true;
}

void ThreadEventLoop::GiveBack() {
  std::unique_lock lock(mutex_);
  rest_.borrowed = false;
  // The thread must look up if it has something to do, if it waits too long,
  // or if it was held up meanwhile.
  const bool rested = queue_.empty() && !stopped_ && !rest_.held_up &&
                      timers_.NextDue() >= rest_.until;
  if (rested) {
    rest_.sleeping = true;
  } else {
    wake_.notify_one();
  }
}

void ThreadEventLoop::Enqueue(Task task, bool counted) {
  if (queue_.empty() && lag_ != nullptr) oldest_ = clock_->Monotonic();
  queue_.push_back(Queued{std::move(task), counted});
  if (!rest_.sleeping) return;
  rest_.sleeping = false;
  wake_.notify_one();
}

TimerId ThreadEventLoop::After(absl::Duration delay, Task task) {
  const absl::Duration due =
      clock_->Monotonic() + std::max(delay, absl::ZeroDuration());
  std::unique_lock lock(mutex_);
  if (stopped_) {
    lock.unlock();
    return 0;
  }
  const bool first = due < timers_.NextDue();
  const TimerId id = timers_.Add(due, std::move(task));
  if (first && rest_.sleeping) {
    rest_.sleeping = false;
    wake_.notify_one();
  }
  return id;
}

void ThreadEventLoop::Cancel(TimerId timer) {
  Task task;
  std::unique_lock lock(mutex_);
  task = timers_.Remove(timer);
  lock.unlock();
}

bool ThreadEventLoop::IsOnLoop() const { return CurrentLoop() == this; }

void ThreadEventLoop::Stop() {
  CHECK(!IsOnLoop()) << "a loop cannot stop itself: it would wait for itself";
  std::vector<Queued> dropped;
  TimerQueue timers;
  {
    std::unique_lock lock(mutex_);
    stopped_ = true;
    dropped.swap(queue_);
    std::swap(timers, timers_);
    rest_.sleeping = false;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void ThreadEventLoop::Run() {
  pthread_setname_np(pthread_self(), name_.c_str());
  CurrentLoop() = this;
  std::vector<Queued> round;
  while (!stopped_) {
    TakeRound(&round);
    for (Queued& queued : round) {
      if (stopped_) break;
      queued.task();
      queued.task = nullptr;
    }
    round.clear();
    RunDueTimers();
  }
}

void ThreadEventLoop::TakeRound(std::vector<Queued>* round) {
  std::unique_lock lock(mutex_);
  rest_.held_up = false;
  while (!stopped_ && queue_.empty()) {
    rest_.until = timers_.NextDue();
    const absl::Duration wait =
        std::min(rest_.until - clock_->Monotonic(), kSleepMax);
    if (wait <= absl::ZeroDuration()) break;
    rest_.sleeping = true;
    if (rest_.until == absl::InfiniteDuration()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, absl::ToChronoNanoseconds(wait));
    }
    rest_.held_up = rest_.borrowed;
    while (rest_.borrowed) wake_.wait(lock);
    rest_.held_up = false;
    rest_.sleeping = false;
  }
  if (queue_.empty()) return;
  round->swap(queue_);
  counted_ = 0;
  if (lag_ != nullptr) {
    lag_->Record(absl::ToInt64Nanoseconds(clock_->Monotonic() - oldest_));
  }
}

void ThreadEventLoop::RunDueTimers() {
  // One look at the clock: a timer that a timer sets for now waits for the
  // next round, so posted tasks get their turn.
  absl::Duration now = absl::InfiniteDuration();
  while (!stopped_) {
    std::unique_lock lock(mutex_);
    if (timers_.Empty()) return;
    if (now == absl::InfiniteDuration()) now = clock_->Monotonic();
    Task task = timers_.PopDue(now);
    lock.unlock();
    if (!task) return;
    task();
  }
}

}  // namespace barnabas::env
