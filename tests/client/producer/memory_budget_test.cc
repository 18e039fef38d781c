#include "client/producer/memory_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace barnabas::client {
namespace {

TEST(MemoryBudgetTest, WhatIsTakenStaysWithinTheLimit) {
  MemoryBudget budget(100);
  EXPECT_TRUE(budget.Take(60, absl::ZeroDuration()));
  EXPECT_FALSE(budget.Take(41, absl::ZeroDuration()));
  EXPECT_TRUE(budget.Take(40, absl::ZeroDuration()));
  EXPECT_EQ(budget.taken_bytes(), 100);
  budget.GiveBack(60);
  EXPECT_TRUE(budget.Take(60, absl::ZeroDuration()));
}

TEST(MemoryBudgetTest, TooMuchIsRefusedWithoutWaiting) {
  MemoryBudget budget(100);
  EXPECT_FALSE(budget.Take(101, absl::Hours(1)));
}

TEST(MemoryBudgetTest, AWaitingTakeGetsWhatComesBack) {
  MemoryBudget budget(100);
  ASSERT_TRUE(budget.Take(100, absl::ZeroDuration()));
  std::thread giver([&] { budget.GiveBack(100); });
  EXPECT_TRUE(budget.Take(70, absl::Hours(1)));
  giver.join();
  EXPECT_FALSE(budget.Take(70, absl::Milliseconds(5)));
  EXPECT_EQ(budget.taken_bytes(), 70);
}

TEST(MemoryBudgetTest, ShutEndsWaiting) {
  MemoryBudget budget(100);
  ASSERT_TRUE(budget.Take(100, absl::ZeroDuration()));
  std::thread shutter([&] { budget.Shut(); });
  EXPECT_FALSE(budget.Take(1, absl::Hours(1)));
  shutter.join();
}

TEST(MemoryBudgetTest, ManyThreadsShareIt) {
  MemoryBudget budget(50);
  std::atomic<int64_t> held = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        ASSERT_TRUE(budget.Take(20, absl::Hours(1)));
        ASSERT_LE(held.fetch_add(20) + 20, 50);
        held.fetch_sub(20);
        budget.GiveBack(20);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.taken_bytes(), 0);
}

}  // namespace
}  // namespace barnabas::client
