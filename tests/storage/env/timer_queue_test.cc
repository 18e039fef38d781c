#include "storage/env/timer_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace barnabas::env {
namespace {

using ::testing::ElementsAre;

TEST(TimerQueueTest, GivesDueTimersByTimeThenAge) {
  TimerQueue timers;
  std::vector<std::string> ran;
  timers.Add(absl::Seconds(2), [&] { ran.push_back("late"); });
  timers.Add(absl::Seconds(1), [&] { ran.push_back("first"); });
  timers.Add(absl::Seconds(1), [&] { ran.push_back("second"); });
  timers.Add(absl::Seconds(3), [&] { ran.push_back("never"); });
  while (Task task = timers.PopDue(absl::Seconds(2))) task();
  EXPECT_THAT(ran, ElementsAre("first", "second", "late"));
  EXPECT_EQ(timers.NextDue(), absl::Seconds(3));
}

TEST(TimerQueueTest, NothingIsDueBeforeItsTime) {
  TimerQueue timers;
  timers.Add(absl::Seconds(1), [] {});
  EXPECT_FALSE(timers.PopDue(absl::Seconds(1) - absl::Nanoseconds(1)));
  EXPECT_TRUE(timers.PopDue(absl::Seconds(1)));
  EXPECT_TRUE(timers.Empty());
  EXPECT_EQ(timers.NextDue(), absl::InfiniteDuration());
}

TEST(TimerQueueTest, RemovedTimersAreGivenBackOnce) {
  TimerQueue timers;
  const TimerId first = timers.Add(absl::Seconds(1), [] {});
  const TimerId second = timers.Add(absl::Seconds(1), [] {});
  EXPECT_NE(first, 0u);
  EXPECT_NE(first, second);
  EXPECT_TRUE(timers.Remove(first));
  EXPECT_FALSE(timers.Remove(first));
  EXPECT_FALSE(timers.Remove(0));
  EXPECT_TRUE(timers.PopDue(absl::Seconds(1)));
  EXPECT_FALSE(timers.Remove(second));
  EXPECT_TRUE(timers.Empty());
}

}  // namespace
}  // namespace barnabas::env
