#include "client/rpc/backoff.h"

#include <gtest/gtest.h>

namespace barnabas::rpc {
namespace {

const BackoffRange kRange{absl::Milliseconds(50), absl::Seconds(1)};

TEST(BackoffTest, DelaysDoubleUpToTheBound) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    absl::Duration plain = kRange.first;
    for (int attempt = 0; attempt < 100; ++attempt) {
      const absl::Duration delay = BackoffDelay(kRange, attempt, seed);
      EXPECT_GE(delay, plain * 0.79) << attempt;
      EXPECT_LE(delay, plain * 1.21) << attempt;
      plain = std::min(kRange.max, plain * 2);
    }
  }
}

TEST(BackoffTest, TheSameArgumentsGiveTheSameDelay) {
  EXPECT_EQ(BackoffDelay(kRange, 3, 7), BackoffDelay(kRange, 3, 7));
}

TEST(BackoffTest, SeedsSpread) {
  EXPECT_NE(BackoffDelay(kRange, 3, 7), BackoffDelay(kRange, 3, 8));
  EXPECT_NE(BackoffDelay(kRange, 40, 7), BackoffDelay(kRange, 40, 8));
}

TEST(BackoffTest, OddArgumentsStayInRange) {
  EXPECT_GE(BackoffDelay(kRange, -5, 1), kRange.first * 0.79);
  EXPECT_LE(BackoffDelay(kRange, 1 << 30, 1), kRange.max * 1.21);
  EXPECT_EQ(BackoffDelay({absl::ZeroDuration(), absl::Seconds(1)}, 9, 1),
            absl::ZeroDuration());
}

}  // namespace
}  // namespace barnabas::rpc
