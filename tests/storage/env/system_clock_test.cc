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

// It need not ask the machine each time, but must not fall behind.
TEST(SystemClockTest, WallMsKeepsUpWithWall) {
  const SystemClock clock;
  const absl::Time end = clock.Wall() + absl::Milliseconds(50);
  while (clock.Wall() < end) {
    const int64_t before = absl::ToUnixMillis(clock.Wall());
    const int64_t asked = clock.WallMs();
    ASSERT_GE(asked, before - 1);
    ASSERT_LE(asked, absl::ToUnixMillis(clock.Wall()) + 1);
  }
}

}  // namespace
}  // namespace barnabas::env
