#include "storage/env/system_clock.h"

#include "absl/time/clock.h"

namespace barnabas::env {

SystemClock::SystemClock() : begin_(std::chrono::steady_clock::now()) {}

absl::Time SystemClock::Wall() const { return absl::Now(); }

absl::Duration SystemClock::Monotonic() const {
  return absl::FromChrono(std::chrono::steady_clock::now() - begin_);
}

}  // namespace barnabas::env
