#include "storage/env/thread_pool.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace barnabas::env {
namespace {

ThreadPool::Options Options(int threads, size_t tasks_max = 1000) {
  return {.name = "test", .threads = threads, .tasks_max = tasks_max};
}

TEST(ThreadPoolTest, RunsAllWorkAndOnAllThreads) {
  ThreadPool pool(Options(3));
  std::mutex mutex;
  std::set<std::thread::id> threads;
  // Each of the three waits for the other two, so three threads must run.
  std::latch together(3);
  std::latch done(3);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool.Run([&] {
      together.arrive_and_wait();
      {
        std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      done.count_down();
    }));
  }
  done.wait();
  EXPECT_EQ(threads.size(), 3u);
}

TEST(ThreadPoolTest, OneThreadKeepsTheOrder) {
  ThreadPool pool(Options(1));
  std::vector<int> ran;
  std::promise<void> done;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(pool.Run([&, i] { ran.push_back(i); }));
  }
  ASSERT_TRUE(pool.Run([&] { done.set_value(); }));
  done.get_future().wait();
  ASSERT_EQ(ran.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ran[i], i);
}

// A pool of one thread that is busy until Release.
class BusyPool {
 public:
  explicit BusyPool(size_t tasks_max) : pool_(Options(1, tasks_max)) {
    std::promise<void> running;
    EXPECT_TRUE(pool_.Run([&] {
      running.set_value();
      go_on_.get_future().wait();
    }));
    running.get_future().wait();
  }
  ThreadPool* pool() { return &pool_; }
  void Release() { go_on_.set_value(); }

 private:
  std::promise<void> go_on_;
  ThreadPool pool_;
};

TEST(ThreadPoolTest, RefusesWorkBeyondItsBound) {
  BusyPool busy(2);
  std::latch done(2);
  EXPECT_TRUE(busy.pool()->Run([&] { done.count_down(); }));
  EXPECT_TRUE(busy.pool()->Run([&] { done.count_down(); }));
  EXPECT_FALSE(busy.pool()->Run([] { FAIL() << "was refused"; }));
  busy.Release();
  done.wait();
}

TEST(ThreadPoolTest, StopDropsWhatWaitsAndTakesNothingMore) {
  BusyPool busy(1000 * 1000);
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> watch = held;
  ASSERT_TRUE(busy.pool()->Run([held] { FAIL() << "was dropped"; }));
  held.reset();
  std::thread stopper([&] { busy.pool()->Stop(); });
  // Only a stopped pool refuses so early.
  while (busy.pool()->Run([] { FAIL() << "was dropped"; })) {
    std::this_thread::yield();
  }
  busy.Release();
  stopper.join();
  EXPECT_TRUE(watch.expired());
  EXPECT_FALSE(busy.pool()->Run([] {}));
  busy.pool()->Stop();
}

}  // namespace
}  // namespace barnabas::env
