#include "storage/env/thread_event_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "storage/env/system_clock.h"

namespace barnabas::env {
namespace {

constexpr std::chrono::seconds kPatience(20);

class ThreadEventLoopTest : public testing::Test {
 protected:
  ThreadEventLoop::Options Options() {
    ThreadEventLoop::Options options;
    options.clock = &clock_;
    return options;
  }

  // Runs `task` on the loop and waits until it is through.
  static void RunOn(EventLoop* loop, Task task) {
    std::promise<void> done;
    loop->PostAlways([&] {
      task();
      done.set_value();
    });
    ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  }

  SystemClock clock_;
};

TEST_F(ThreadEventLoopTest, RunsTasksInOrderOnOneThread) {
  ThreadEventLoop loop(Options());
  std::vector<int> ran;
  std::vector<std::thread::id> threads;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(loop.Post([&, i] {
      ran.push_back(i);
      threads.push_back(std::this_thread::get_id());
    }));
  }
  RunOn(&loop, [] {});
  ASSERT_EQ(ran.size(), 1000u);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(ran[i], i);
    EXPECT_EQ(threads[i], threads[0]);
  }
  EXPECT_NE(threads[0], std::this_thread::get_id());
}

TEST_F(ThreadEventLoopTest, ManyPostersLoseNothing) {
  ThreadEventLoop loop(Options());
  constexpr int kPosters = 4;
  constexpr int kTasks = 20000;
  int ran = 0;
  std::vector<int> last(kPosters, -1);
  std::atomic<int> taken = 0;
  std::vector<std::thread> posters;
  for (int p = 0; p < kPosters; ++p) {
    posters.emplace_back([&, p] {
      for (int i = 0; i < kTasks; ++i) {
        taken += loop.Post([&, p, i] {
          ++ran;
          EXPECT_GT(i, last[p]);
          last[p] = i;
        });
      }
    });
  }
  for (std::thread& poster : posters) poster.join();
  RunOn(&loop, [] {});
  EXPECT_EQ(ran, taken);
  EXPECT_GT(ran, 0);
}

TEST_F(ThreadEventLoopTest, KnowsWhetherItIsOnItself) {
  ThreadEventLoop loop(Options());
  ThreadEventLoop other(Options());
  EXPECT_FALSE(loop.IsOnLoop());
  RunOn(&loop, [&] {
    EXPECT_TRUE(loop.IsOnLoop());
    EXPECT_FALSE(other.IsOnLoop());
  });
}

TEST_F(ThreadEventLoopTest, AFullQueueRefusesPostButNotPostAlways) {
  ThreadEventLoop::Options options = Options();
  options.tasks_max = 3;
  ThreadEventLoop loop(options);
  std::promise<void> running;
  std::promise<void> go_on;
  loop.PostAlways([&] {
    running.set_value();
    go_on.get_future().wait();
  });
  running.get_future().wait();
  int ran = 0;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(loop.Post([&] { ++ran; }));
  EXPECT_FALSE(loop.Post([&] { ran += 100; }));
  loop.PostAlways([&] { ++ran; });
  EXPECT_FALSE(loop.Post([&] { ran += 100; }));
  go_on.set_value();
  RunOn(&loop, [] {});
  EXPECT_EQ(ran, 4);
  EXPECT_TRUE(loop.Post([] {}));
}

TEST_F(ThreadEventLoopTest, TimersRunInOrderAndNeverEarly) {
  ThreadEventLoop loop(Options());
  std::promise<void> done;
  std::vector<int> ran;
  const absl::Duration begin = clock_.Monotonic();
  absl::Duration last_at;
  loop.After(absl::Milliseconds(30), [&] {
    ran.push_back(3);
    last_at = clock_.Monotonic();
    done.set_value();
  });
  loop.After(absl::Milliseconds(20), [&] { ran.push_back(2); });
  loop.After(absl::Milliseconds(10), [&] { ran.push_back(1); });
  loop.After(-absl::Seconds(5), [&] { ran.push_back(0); });
  ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(ran, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_GE(last_at - begin, absl::Milliseconds(30));
}

TEST_F(ThreadEventLoopTest, AnEarlierTimerWakesALoopThatWaitsForALaterOne) {
  ThreadEventLoop loop(Options());
  loop.After(absl::Hours(100), [] {});
  RunOn(&loop, [] {});
  std::promise<void> done;
  loop.After(absl::Milliseconds(5), [&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(ThreadEventLoopTest, ACancelledTimerDoesNotRunEvenIfDue) {
  ThreadEventLoop loop(Options());
  int ran = 0;
  RunOn(&loop, [&] {
    const TimerId victim =
        loop.After(absl::Milliseconds(1), [&] { ran += 100; });
    loop.After(absl::ZeroDuration(), [&] { ++ran; });
    // Both are due when this task ends.
    const absl::Duration begin = clock_.Monotonic();
    while (clock_.Monotonic() - begin < absl::Milliseconds(3)) {
    }
    loop.Cancel(victim);
    loop.Cancel(victim);
    loop.Cancel(12345);
  });
  RunOn(&loop, [] {});
  EXPECT_EQ(ran, 1);
}

TEST_F(ThreadEventLoopTest, ATaskIsDestroyedBeforeTheNextRuns) {
  ThreadEventLoop loop(Options());
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> watch = held;
  std::promise<bool> gone;
  loop.PostAlways([held = std::move(held)] {});
  loop.PostAlways([&] { gone.set_value(watch.expired()); });
  EXPECT_TRUE(gone.get_future().get());
}

TEST_F(ThreadEventLoopTest, StopDropsWhatHasNotRunAndTakesNothingMore) {
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> watch = held;
  ThreadEventLoop loop(Options());
  std::promise<void> running;
  std::promise<void> go_on;
  std::atomic<int> ran = 0;
  loop.PostAlways([&] {
    running.set_value();
    go_on.get_future().wait();
    ++ran;
  });
  running.get_future().wait();
  ASSERT_TRUE(loop.Post([&ran, held] { ran += 100; }));
  loop.After(absl::ZeroDuration(), [&ran, held] { ran += 100; });
  held.reset();
  std::thread stopper([&] { loop.Stop(); });
  // A stopped loop gives no timers.
  while (const TimerId timer = loop.After(absl::Hours(1), [] {})) {
    loop.Cancel(timer);
    std::this_thread::yield();
  }
  go_on.set_value();
  stopper.join();
  EXPECT_EQ(ran, 1);
  EXPECT_TRUE(watch.expired());
  EXPECT_FALSE(loop.Post([] {}));
  loop.PostAlways([&] { ran += 100; });
  EXPECT_EQ(loop.After(absl::ZeroDuration(), [] {}), 0u);
  loop.Stop();
  EXPECT_EQ(ran, 1);
}

TEST_F(ThreadEventLoopTest, DroppedTasksMayPostWhileTheyGo) {
  struct Poster {
    EventLoop* loop;
    ~Poster() {
      loop->PostAlways([] {});
    }
  };
  ThreadEventLoop loop(Options());
  std::promise<void> running;
  std::promise<void> go_on;
  loop.PostAlways([&] {
    running.set_value();
    go_on.get_future().wait();
  });
  running.get_future().wait();
  auto poster = std::make_shared<Poster>(&loop);
  ASSERT_TRUE(loop.Post([poster] {}));
  const TimerId timer = loop.After(absl::Hours(1), [poster] {});
  poster.reset();
  loop.Cancel(timer);
  go_on.set_value();
  loop.Stop();
}

TEST_F(ThreadEventLoopTest, ReportsHowLongTasksWait) {
  Histogram lag;
  ThreadEventLoop::Options options = Options();
  options.lag = &lag;
  ThreadEventLoop loop(options);
  RunOn(&loop, [&] {
    loop.PostAlways([] {});
    const absl::Duration begin = clock_.Monotonic();
    while (clock_.Monotonic() - begin < absl::Milliseconds(3)) {
    }
  });
  RunOn(&loop, [] {});
  EXPECT_GE(lag.Snapshot().count(), 2u);
  EXPECT_GE(lag.Snapshot().max(), 3000000);
}

using ThreadEventLoopDeathTest = ThreadEventLoopTest;

TEST_F(ThreadEventLoopDeathTest, CannotStopItself) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        ThreadEventLoop loop(Options());
        RunOn(&loop, [&] { loop.Stop(); });
      },
      "cannot stop itself");
}

// Runs on whichever thread, but never two at once, and none is lost.
TEST_F(ThreadEventLoopTest, BorrowedOrNotTasksRunOneAtATimeInOrder) {
  ThreadEventLoop loop(Options());
  constexpr int kPosters = 3;
  constexpr int kTasks = 20000;
  std::atomic<int> inside = 0;
  int ran = 0;
  int timers = 0;
  std::vector<int> last(kPosters, -1);
  std::vector<std::thread> posters;
  for (int p = 0; p < kPosters; ++p) {
    posters.emplace_back([&, p] {
      for (int i = 0; i < kTasks; ++i) {
        Task task = [&, p, i] {
          EXPECT_EQ(inside.fetch_add(1), 0);
          EXPECT_TRUE(loop.IsOnLoop());
          EXPECT_EQ(i, last[p] + 1);
          last[p] = i;
          ++ran;
          if (i % 100 == 0) {
            loop.After(absl::Microseconds(i % 7), [&] {
              EXPECT_EQ(inside.fetch_add(1), 0);
              ++timers;
              inside.fetch_sub(1);
            });
          }
          inside.fetch_sub(1);
        };
        if ((i + p) % 3 == 0) {
          loop.PostAlways(std::move(task));
        } else {
          loop.RunOrPost(std::move(task));
        }
      }
    });
  }
  for (std::thread& poster : posters) poster.join();
  RunOn(&loop, [] {});
  EXPECT_EQ(ran, kPosters * kTasks);
  // Timers are due by now, but may not have run before the task above.
  std::promise<void> done;
  RunOn(&loop, [&] {
    loop.After(absl::Milliseconds(1), [&done] { done.set_value(); });
  });
  ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(timers, kPosters * kTasks / 100);
}

TEST_F(ThreadEventLoopTest, ASleepingLoopBorrowsItsCaller) {
  ThreadEventLoop loop(Options());
  const std::thread::id here = std::this_thread::get_id();
  // The loop falls asleep some time.
  std::thread::id ran;
  while (ran != here) {
    std::promise<void> done;
    loop.RunOrPost([&] {
      ran = std::this_thread::get_id();
      done.set_value();
    });
    ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  }
  EXPECT_FALSE(loop.IsOnLoop());
}

TEST_F(ThreadEventLoopTest, WhatComesWhileItIsBorrowedRunsAfterwards) {
  ThreadEventLoop loop(Options());
  std::promise<void> timer;
  std::promise<void> task;
  bool inside = true;
  loop.RunOrPost([&] {
    loop.After(absl::ZeroDuration(), [&] {
      EXPECT_FALSE(inside);
      timer.set_value();
    });
    loop.PostAlways([&] {
      EXPECT_FALSE(inside);
      task.set_value();
    });
    inside = false;
  });
  ASSERT_EQ(task.get_future().wait_for(kPatience), std::future_status::ready);
  ASSERT_EQ(timer.get_future().wait_for(kPatience), std::future_status::ready);
}

}  // namespace
}  // namespace barnabas::env
