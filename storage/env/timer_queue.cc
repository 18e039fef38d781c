#include "storage/env/timer_queue.h"

#include <glog/logging.h>

namespace barnabas::env {

TimerId TimerQueue::Add(absl::Duration due, Task task) {
  CHECK_LT(tasks_.size(), kTimersMax) << "timers of one loop";
  const TimerId id = ++last_id_;
  tasks_.emplace(std::make_pair(due, id), std::move(task));
  due_.emplace(id, due);
  return id;
}

Task TimerQueue::Remove(TimerId timer) {
  const auto due = due_.find(timer);
  if (due == due_.end()) return Task();
  const auto found = tasks_.find({due->second, timer});
  Task task = std::move(found->second);
  tasks_.erase(found);
  due_.erase(due);
  return task;
}

absl::Duration TimerQueue::NextDue() const {
  return tasks_.empty() ? absl::InfiniteDuration()
                        : tasks_.begin()->first.first;
}

Task TimerQueue::PopDue(absl::Duration now) {
  if (tasks_.empty() || tasks_.begin()->first.first > now) return Task();
  return Remove(tasks_.begin()->first.second);
}

}  // namespace barnabas::env
