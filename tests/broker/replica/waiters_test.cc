#include "broker/replica/waiters.h"

#include <gtest/gtest.h>

#include <vector>

namespace barnabas::replica {
namespace {

TEST(AckQueue, ReleasesInOrderWhatThePositionPassed) {
  AckQueue<int> acks;
  acks.Push(Offset(5), 1);
  acks.Push(Offset(8), 2);
  acks.Push(Offset(9), 3);
  std::vector<int> released;
  acks.Release(Offset(8), [&](int token) { released.push_back(token); });
  EXPECT_EQ(released, (std::vector<int>{1, 2}));
  acks.Release(Offset(8), [&](int token) { released.push_back(token); });
  EXPECT_EQ(released.size(), 2u);
  acks.ReleaseAll([&](int token) { released.push_back(token); });
  EXPECT_EQ(released, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(acks.size(), 0u);
}

TEST(ReadWaiters, WakesOnlyThoseWithSomethingToRead) {
  ReadWaiters<int> readers(10);
  EXPECT_TRUE(readers.Add(1, Offset(5), 1));
  EXPECT_TRUE(readers.Add(2, Offset(7), 2));
  std::vector<int> woken;
  readers.Wake(Offset(5), [&](int token) { woken.push_back(token); });
  EXPECT_TRUE(woken.empty());
  readers.Wake(Offset(6), [&](int token) { woken.push_back(token); });
  EXPECT_EQ(woken, (std::vector<int>{1}));
  readers.Remove(2);
  readers.Wake(Offset(100), [&](int token) { woken.push_back(token); });
  EXPECT_EQ(woken.size(), 1u);
}

TEST(ReadWaiters, RefusesBeyondItsBound) {
  ReadWaiters<int> readers(1);
  EXPECT_TRUE(readers.Add(1, Offset(0), 1));
  EXPECT_FALSE(readers.Add(2, Offset(0), 2));
  std::vector<int> woken;
  readers.WakeAll([&](int token) { woken.push_back(token); });
  EXPECT_EQ(woken, (std::vector<int>{1}));
}

}  // namespace
}  // namespace barnabas::replica
