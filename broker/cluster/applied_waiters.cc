#include "broker/cluster/applied_waiters.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

absl::Status Stopping() {
  return MakeError(ErrorCode::kShuttingDown, "this broker is stopping",
                   "ask another broker");
}

}  // namespace

AppliedWaiters::AppliedWaiters(std::shared_ptr<env::EventLoop> loop)
    : loop_(std::move(loop)) {}

AppliedWaiters::~AppliedWaiters() { Stop(); }

void AppliedWaiters::Wait(LogIndex version, absl::Duration timeout, Done done) {
  if (version <= applied_) return done(absl::OkStatus());
  if (stopped_) return done(Stopping());
  if (waiters_.size() >= kWaitersMax) {
    return done(
        MakeError(ErrorCode::kOverloaded,
                  absl::StrCat(kWaitersMax, " calls wait for metadata already"),
                  "try again later"));
  }
  const Key key{version.value(), next_++};
  Waiter waiter;
  waiter.done = std::move(done);
  waiter.timer = loop_->After(timeout, [this, key] { TimeOut(key); });
  waiters_.emplace(key, std::move(waiter));
}

void AppliedWaiters::Applied(LogIndex version) {
  applied_ = version;
  while (!waiters_.empty() &&
         waiters_.begin()->first.first <= applied_.value()) {
    Waiter waiter = std::move(waiters_.begin()->second);
    waiters_.erase(waiters_.begin());
    loop_->Cancel(waiter.timer);
    waiter.done(absl::OkStatus());
  }
}

void AppliedWaiters::Stop() {
  stopped_ = true;
  std::map<Key, Waiter> waiters = std::move(waiters_);
  waiters_.clear();
  for (auto& [key, waiter] : waiters) {
    loop_->Cancel(waiter.timer);
    waiter.done(Stopping());
  }
}

void AppliedWaiters::TimeOut(const Key& key) {
  const auto found = waiters_.find(key);
  if (found == waiters_.end()) return;
  Done done = std::move(found->second.done);
  waiters_.erase(found);
  done(MakeError(ErrorCode::kRequestTimedOut,
                 absl::StrCat("this broker has not applied metadata version ",
                              key.first, " in time; it has ", applied_.value()),
                 "the change itself was committed; ask again for its effect"));
}

}  // namespace barnabas::broker
