#include "storage/env/system_clock.h"

#include <gtest/gtest.h>

#include "absl/time/time.h"

namespace barnabas::env {
namespace {

TEST(SystemClockTest, MonotonicBeginsNearZeroAndNeverFalls) {
  const SystemClock clock;
  absl::Duration last = absl::ZeroDuration();
  for (int i = 0; i < 100000; ++i) {
    const absl::Duration now = clock.Monotonic();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_LT(last, absl::Minutes(1));
}

TEST(SystemClockTest, WallIsInThisCentury) {
  const SystemClock clock;
  EXPECT_GT(clock.Wall(), absl::FromUnixSeconds(1600000000));
  EXPECT_GT(clock.WallMs(), 1600000000000);
  EXPECT_LT(clock.WallMs(), 4102444800000);
}

}  // namespace
}  // namespace barnabas::env
