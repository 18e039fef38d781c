#include "broker/service/read_wait.h"

#include "absl/status/status.h"

namespace barnabas::broker {

std::shared_ptr<ReadWait> ReadWait::Begin(env::EventLoop* loop,
                                          std::vector<Place> places,
                                          env::Task wake) {
  std::shared_ptr<ReadWait> wait(
      new ReadWait(loop, std::move(places), std::move(wake)));
  wait->Register();
  return wait;
}

ReadWait::ReadWait(env::EventLoop* loop, std::vector<Place> places,
                   env::Task wake)
    : loop_(loop), places_(std::move(places)), wake_(std::move(wake)) {}

void ReadWait::Register() {
  for (size_t i = 0; i < places_.size(); ++i) {
    const auto& [partition, offset] = places_[i];
    // The registrations keep this object, and so its id, alive.
    const auto woken = [self = shared_from_this(), i](bool may_read_here) {
      env::Task wake = [self, i] { self->Woken(i); };
      if (may_read_here) {
        self->loop_->RunOrPost(std::move(wake));
      } else {
        self->loop_->PostAlways(std::move(wake));
      }
    };
    const absl::Status awaited =
        partition->readers()->Await(id(), offset, woken);
    if (!awaited.ok()) woken(/*may_read_here=*/false);
  }
}

void ReadWait::Woken(size_t place) {
  if (over_) return;
  env::Task wake = std::move(wake_);
  Forget(place);
  wake();
}

void ReadWait::Cancel() {
  if (!over_) Forget(places_.size());
}

void ReadWait::Forget(size_t woken) {
  over_ = true;
  wake_ = nullptr;
  for (size_t i = 0; i < places_.size(); ++i) {
    if (i != woken) places_[i].first->readers()->Cancel(id());
  }
}

}  // namespace barnabas::broker
