// SIGTERM and SIGINT as an event.
#include "storage/env/signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <memory>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace barnabas::env {
namespace {

class SignalsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { BlockSignals(); }
};

TEST_F(SignalsTest, CallsBackOnceWithTheSignal) {
  for (const int signal_number : {SIGTERM, SIGINT}) {
    absl::Notification told;
    std::atomic<int> seen = 0;
    const std::unique_ptr<StopSignal> watch =
        StopSignal::Watch([&](int number) {
          seen = number;
          told.Notify();
        });
    kill(getpid(), signal_number);
    ASSERT_TRUE(told.WaitForNotificationWithTimeout(absl::Seconds(10)));
    EXPECT_EQ(seen, signal_number);
  }
}

TEST_F(SignalsTest, StopsWatchingWithoutASignal) {
  bool told = false;
  StopSignal::Watch([&](int) { told = true; });
  EXPECT_FALSE(told);
}

TEST_F(SignalsTest, WritesToAClosedPipeAreErrorsAndNotDeath) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  EXPECT_EQ(write(ends[1], "x", 1), -1);
  close(ends[1]);
}

TEST(SignalsDeathTest, ASecondSignalEndsTheProcessAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        BlockSignals();
        absl::Notification told;
        const auto watch = StopSignal::Watch([&](int) { told.Notify(); });
        kill(getpid(), SIGTERM);
        told.WaitForNotification();
        kill(getpid(), SIGTERM);
        absl::Notification never;
        never.WaitForNotificationWithTimeout(absl::Seconds(10));
      },
      ::testing::ExitedWithCode(128 + SIGTERM), "Second signal");
}

}  // namespace
}  // namespace barnabas::env
