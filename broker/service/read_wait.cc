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
  // The registrations keep this object, and so its id, alive.
  for (const Place& place : places_) {
    place.first->loop()->PostAlways([self = shared_from_this(), place] {
      const auto woken = [self] {
        self->loop_->PostAlways([self] { self->Woken(); });
      };
      const absl::Status awaited =
          place.first->AwaitRead(self->id(), place.second, woken);
      if (!awaited.ok()) woken();
    });
  }
}

void ReadWait::Woken() {
  if (over_) return;
  env::Task wake = std::move(wake_);
  Cancel();
  wake();
}

void ReadWait::Cancel() {
  if (over_) return;
  over_ = true;
  wake_ = nullptr;
  for (const Place& place : places_) {
    place.first->loop()->PostAlways([self = shared_from_this(), place] {
      place.first->CancelRead(self->id());
    });
  }
}

}  // namespace barnabas::broker
