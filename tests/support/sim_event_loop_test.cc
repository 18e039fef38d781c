#include "tests/support/sim_event_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/sim_scheduler.h"

namespace barnabas::support {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST(FakeClockTest, MovesOnlyByHand) {
  FakeClock clock;
  const absl::Duration monotonic = clock.Monotonic();
  const int64_t wall = clock.WallMs();
  EXPECT_EQ(wall, FakeClock::kBeginMs);
  clock.Advance(absl::Seconds(2));
  EXPECT_EQ(clock.Monotonic() - monotonic, absl::Seconds(2));
  EXPECT_EQ(clock.WallMs() - wall, 2000);
  clock.JumpWall(-absl::Hours(1));
  EXPECT_EQ(clock.Monotonic() - monotonic, absl::Seconds(2));
  EXPECT_EQ(clock.WallMs() - wall, 2000 - 3600000);
}

TEST(SimEventLoopTest, RunsNothingUntilTurned) {
  SimScheduler scheduler(1);
  SimEventLoop loop(&scheduler);
  std::vector<int> ran;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(loop.Post([&, i] {
      EXPECT_TRUE(loop.IsOnLoop());
      ran.push_back(i);
    }));
  }
  EXPECT_TRUE(ran.empty());
  EXPECT_FALSE(loop.IsOnLoop());
  scheduler.RunReady();
  EXPECT_THAT(ran, ElementsAre(0, 1, 2, 3, 4));
}

TEST(SimEventLoopTest, TimersRunAtTheirVeryTime) {
  SimScheduler scheduler(2);
  SimEventLoop loop(&scheduler);
  const absl::Duration begin = loop.clock().Monotonic();
  std::vector<absl::Duration> at;
  for (int ms : {30, 10, 20}) {
    loop.After(absl::Milliseconds(ms),
               [&] { at.push_back(loop.clock().Monotonic() - begin); });
  }
  scheduler.RunFor(absl::Milliseconds(20));
  EXPECT_THAT(at, ElementsAre(absl::Milliseconds(10), absl::Milliseconds(20)));
  EXPECT_EQ(loop.clock().Monotonic() - begin, absl::Milliseconds(20));
  scheduler.RunFor(absl::Hours(1));
  EXPECT_EQ(at.back(), absl::Milliseconds(30));
  EXPECT_EQ(loop.clock().Monotonic() - begin,
            absl::Hours(1) + absl::Milliseconds(20));
}

TEST(SimEventLoopTest, CancelledTimersDoNotRun) {
  SimScheduler scheduler(3);
  SimEventLoop loop(&scheduler);
  const env::TimerId timer = loop.After(absl::Seconds(1), [] { FAIL(); });
  loop.Cancel(timer);
  loop.Cancel(timer);
  scheduler.RunFor(absl::Seconds(2));
}

std::string Interleaving(uint64_t seed) {
  SimScheduler scheduler(seed);
  SimEventLoop a(&scheduler);
  SimEventLoop b(&scheduler);
  std::string order;
  for (int i = 0; i < 6; ++i) {
    a.PostAlways([&] { order.push_back('a'); });
    b.PostAlways([&] { order.push_back('b'); });
  }
  scheduler.RunReady();
  return order;
}

TEST(SimEventLoopTest, TheSeedDecidesTheOrderAmongLoops) {
  std::set<std::string> orders;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    EXPECT_EQ(Interleaving(seed), Interleaving(seed));
    orders.insert(Interleaving(seed));
  }
  EXPECT_GT(orders.size(), 20u);
}

TEST(SimEventLoopTest, BoundsHoldAndStopDrops) {
  SimScheduler scheduler(4);
  SimEventLoop loop(&scheduler, 2);
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> watch = held;
  EXPECT_TRUE(loop.Post([held] { FAIL(); }));
  EXPECT_TRUE(loop.Post([] { FAIL(); }));
  EXPECT_FALSE(loop.Post([] { FAIL(); }));
  loop.PostAlways([] { FAIL(); });
  loop.After(absl::ZeroDuration(), [held] { FAIL(); });
  held.reset();
  loop.Stop();
  EXPECT_TRUE(watch.expired());
  EXPECT_FALSE(loop.Post([] { FAIL(); }));
  scheduler.RunFor(absl::Seconds(1));
}

TEST(SimEventLoopTest, APausedLoopCatchesUpLater) {
  SimScheduler scheduler(5);
  SimEventLoop loop(&scheduler);
  int ran = 0;
  loop.SetPaused(true);
  loop.PostAlways([&] { ++ran; });
  loop.After(absl::Seconds(1), [&] { ++ran; });
  scheduler.RunFor(absl::Seconds(5));
  EXPECT_EQ(ran, 0);
  loop.SetPaused(false);
  scheduler.RunReady();
  EXPECT_EQ(ran, 2);
}

TEST(SimEventLoopTest, ADestroyedLoopRunsNoMore) {
  SimScheduler scheduler(6);
  auto loop = std::make_unique<SimEventLoop>(&scheduler);
  loop->PostAlways([] { FAIL(); });
  loop.reset();
  scheduler.RunFor(absl::Seconds(1));
}

TEST(SimSchedulerTest, RunUntilStopsAtTheConditionOrTheLimit) {
  SimScheduler scheduler(7);
  SimEventLoop loop(&scheduler);
  int ticks = 0;
  std::function<void()> tick = [&] {
    ++ticks;
    loop.After(absl::Seconds(1), [&] { tick(); });
  };
  tick();
  const absl::Duration begin = loop.clock().Monotonic();
  EXPECT_TRUE(scheduler.RunUntil([&] { return ticks == 5; }, absl::Minutes(1)));
  EXPECT_EQ(loop.clock().Monotonic() - begin, absl::Seconds(4));
  EXPECT_FALSE(
      scheduler.RunUntil([&] { return ticks == 100; }, absl::Seconds(10)));
  EXPECT_EQ(loop.clock().Monotonic() - begin, absl::Seconds(14));
}

TEST(SimWorkerPoolTest, OneWorkerKeepsTheOrderSeveralMayNot) {
  std::set<std::vector<int>> orders;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    for (size_t workers : {1, 3}) {
      SimScheduler scheduler(seed);
      SimWorkerPool pool(&scheduler, {.workers = workers,
                                      .task_time_max = absl::Milliseconds(10)});
      std::vector<int> ran;
      for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(pool.Run([&, i] { ran.push_back(i); }));
      }
      EXPECT_TRUE(scheduler.RunUntil([&] { return ran.size() == 4; },
                                     absl::Milliseconds(10)));
      EXPECT_THAT(ran, UnorderedElementsAre(0, 1, 2, 3));
      if (workers == 1) {
        EXPECT_THAT(ran, ElementsAre(0, 1, 2, 3));
      } else {
        orders.insert(ran);
      }
    }
  }
  EXPECT_GT(orders.size(), 5u);
}

TEST(SimWorkerPoolTest, BoundsHoldAndStopDrops) {
  SimScheduler scheduler(8);
  SimWorkerPool pool(&scheduler, {.tasks_max = 2});
  EXPECT_TRUE(pool.Run([] { FAIL(); }));
  EXPECT_TRUE(pool.Run([] { FAIL(); }));
  EXPECT_FALSE(pool.Run([] { FAIL(); }));
  pool.Stop();
  EXPECT_FALSE(pool.Run([] { FAIL(); }));
  scheduler.RunFor(absl::Seconds(1));
}

}  // namespace
}  // namespace barnabas::support
