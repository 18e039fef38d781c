#include "broker/cluster/controller_choice.h"

#include <glog/logging.h>

#include <optional>
#include <utility>

#include "proto/types/error.h"

namespace barnabas::broker {

ControllerChoice::ControllerChoice(std::vector<std::string> endpoints)
    : endpoints_(std::move(endpoints)) {
  CHECK(!endpoints_.empty()) << "a broker knows at least one controller";
  current_ = endpoints_.front();
}

std::string ControllerChoice::Current() const {
  absl::MutexLock lock(&mutex_);
  return current_;
}

void ControllerChoice::Failed(const std::string& endpoint,
                              const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  if (endpoint != current_) return;
  const std::optional<LeaderHint> hint = LeaderOf(status);
  if (hint.has_value() && !hint->endpoint.empty() &&
      hint->endpoint != current_) {
    current_ = hint->endpoint;
    return;
  }
  next_ = (next_ + 1) % endpoints_.size();
  // A hint may have led here out of turn: the same one again would not do.
  if (endpoints_[next_] == endpoint) next_ = (next_ + 1) % endpoints_.size();
  current_ = endpoints_[next_];
}

void ControllerChoice::Led(const std::string& endpoint) {
  absl::MutexLock lock(&mutex_);
  current_ = endpoint;
  if (leader_ == endpoint) return;
  leader_ = endpoint;
  ++leaders_seen_;
}

int64_t ControllerChoice::leaders_seen() const {
  absl::MutexLock lock(&mutex_);
  return leaders_seen_;
}

bool ControllerChoice::Replaced(const std::string& endpoint,
                                int64_t seen) const {
  absl::MutexLock lock(&mutex_);
  return leaders_seen_ > seen && leader_ != endpoint;
}

}  // namespace barnabas::broker
