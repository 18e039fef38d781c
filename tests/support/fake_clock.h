// FakeClock: time that moves only by hand.
//
// What: a Clock for tests. Advance moves both times on; JumpWall moves the
//   wall clock alone, as an operator or NTP does.
// Units: as clock.h. Empty case: a new clock stands at 2024-01-01 00:00 UTC,
//   monotonic 1 s (so that "before now" exists).
// Thread: any. Errors: Advance refuses to go back (CHECK).
#ifndef BARNABAS_TESTS_SUPPORT_FAKE_CLOCK_H_
#define BARNABAS_TESTS_SUPPORT_FAKE_CLOCK_H_

#include <glog/logging.h>

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "storage/env/clock.h"

namespace barnabas::support {

class FakeClock final : public env::Clock {
 public:
  static constexpr int64_t kBeginMs = 1704067200000;

  absl::Time Wall() const override {
    return absl::FromUnixNanos(kBeginMs * 1000000 + wall_ns_);
  }
  absl::Duration Monotonic() const override {
    return absl::Nanoseconds(monotonic_ns_.load());
  }

  void Advance(absl::Duration step) {
    CHECK(step >= absl::ZeroDuration()) << "time does not go back";
    wall_ns_ += absl::ToInt64Nanoseconds(step);
    monotonic_ns_ += absl::ToInt64Nanoseconds(step);
  }
  void JumpWall(absl::Duration step) {
    wall_ns_ += absl::ToInt64Nanoseconds(step);
  }

 private:
  std::atomic<int64_t> wall_ns_ = 0;
  std::atomic<int64_t> monotonic_ns_ = 1000000000;
};

}  // namespace barnabas::support

#endif  // BARNABAS_TESTS_SUPPORT_FAKE_CLOCK_H_
