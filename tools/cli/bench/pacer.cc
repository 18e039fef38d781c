#include "tools/cli/bench/pacer.h"

#include "absl/synchronization/notification.h"

namespace barnabas::cli {

Pacer::Pacer(const env::Clock* clock, double rate)
    : clock_(clock), rate_(rate), start_(clock->Monotonic()) {}

int64_t Pacer::NowNs() const {
  return absl::ToInt64Nanoseconds(clock_->Monotonic());
}

int64_t Pacer::WaitFor(int64_t index) {
  if (rate_ <= 0) return NowNs();
  const absl::Duration due =
      start_ + absl::Seconds(static_cast<double>(index) / rate_);
  const absl::Duration wait = due - clock_->Monotonic();
  if (wait > absl::ZeroDuration()) {
    // Nobody notifies: this is only a wait with an end.
    absl::Notification never;
    never.WaitForNotificationWithTimeout(wait);
  }
  return absl::ToInt64Nanoseconds(due);
}

}  // namespace barnabas::cli
