#include "tests/support/sim_scheduler.h"

#include <glog/logging.h>

#include <algorithm>

namespace barnabas::support {

void SimScheduler::Remove(SimActor* actor) {
  actors_.erase(std::remove(actors_.begin(), actors_.end(), actor),
                actors_.end());
}

bool SimScheduler::RunOne() {
  CHECK(current_ == nullptr) << "a task must not turn the scheduler";
  const absl::Duration now = clock_.Monotonic();
  std::vector<SimActor*> ready;
  for (SimActor* actor : actors_) {
    if (actor->Ready(now)) ready.push_back(actor);
  }
  if (ready.empty()) return false;
  SimActor* chosen = ready[Draw() % ready.size()];
  current_ = chosen;
  chosen->RunOne(now, Draw());
  current_ = nullptr;
  return true;
}

void SimScheduler::RunReady() {
  int64_t steps = 0;
  while (RunOne()) CHECK_LT(++steps, kStepsMax) << "time stands still";
}

void SimScheduler::RunFor(absl::Duration time) {
  const absl::Duration end = clock_.Monotonic() + time;
  while (true) {
    RunReady();
    const absl::Duration now = clock_.Monotonic();
    const absl::Duration next = std::min(NextDue(), end);
    if (next > now) clock_.Advance(next - now);
    if (next >= end) break;
  }
  RunReady();
}

bool SimScheduler::RunUntil(absl::FunctionRef<bool()> done,
                            absl::Duration limit) {
  const Waited waited = Wait(done, limit, kStepsMax);
  CHECK(waited != Waited::kLivelock) << "too many steps for one wait";
  return waited == Waited::kDone;
}

Waited SimScheduler::Wait(absl::FunctionRef<bool()> done, absl::Duration limit,
                          int64_t steps_max) {
  const absl::Duration end = clock_.Monotonic() + limit;
  int64_t steps = 0;
  while (!done()) {
    if (++steps > steps_max) return Waited::kLivelock;
    if (RunOne()) continue;
    const absl::Duration now = clock_.Monotonic();
    const absl::Duration next = NextDue();
    if (next > end) {
      clock_.Advance(end - now);
      return Waited::kTimedOut;
    }
    clock_.Advance(next - now);
  }
  return Waited::kDone;
}

absl::Duration SimScheduler::NextDue() const {
  absl::Duration next = absl::InfiniteDuration();
  for (const SimActor* actor : actors_) {
    next = std::min(next, actor->NextDue());
  }
  return next;
}

}  // namespace barnabas::support
