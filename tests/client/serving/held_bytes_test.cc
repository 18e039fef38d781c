// What is held for whom.
#include "client/serving/held_bytes.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace barnabas::rpc {
namespace {

TEST(HeldBytesTest, AddsUpTheCallsOfAPeer) {
  HeldBytes held;
  EXPECT_EQ(held.Of("127.0.0.1:1"), 0);
  auto first = held.Open("ipv4:127.0.0.1:1");
  auto second = held.Open("ipv4:127.0.0.1:1");
  auto other = held.Open("ipv4:127.0.0.1:2");
  first->Add(100);
  second->Add(20);
  second->Add(-5);
  other->Add(1000);
  EXPECT_EQ(held.Of("127.0.0.1:1"), 115);
  EXPECT_EQ(held.Of("127.0.0.1:2"), 1000);
}

TEST(HeldBytesTest, WhatACallHoldsGoesWithIt) {
  HeldBytes held;
  auto first = held.Open("ipv4:127.0.0.1:1");
  auto second = held.Open("ipv4:127.0.0.1:1");
  first->Add(100);
  second->Add(20);
  first = nullptr;
  EXPECT_EQ(held.Of("127.0.0.1:1"), 20);
  second = nullptr;
  EXPECT_EQ(held.Of("127.0.0.1:1"), 0);
  // The same address again is somebody else.
  auto next = held.Open("ipv4:127.0.0.1:1");
  EXPECT_EQ(held.Of("127.0.0.1:1"), 0);
}

TEST(HeldBytesTest, AccountsComeAndGoWhileOthersBook) {
  HeldBytes held;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&held] {
      for (int i = 0; i < 10000; ++i) {
        const auto share = held.Open("ipv4:127.0.0.1:1");
        share->Add(7);
        EXPECT_GE(held.Of("127.0.0.1:1"), 7);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(held.Of("127.0.0.1:1"), 0);
}

TEST(PlainPeerTest, IsWhatASocketCallsItself) {
  EXPECT_EQ(PlainPeer("ipv4:127.0.0.1:54321"), "127.0.0.1:54321");
  EXPECT_EQ(PlainPeer("ipv6:%5B::1%5D:54321"), "[::1]:54321");
  EXPECT_EQ(PlainPeer("chttp2 ipv6:%5B::1%5D:54321"), "[::1]:54321");
  EXPECT_EQ(PlainPeer("unix:/tmp/x"), "unix:/tmp/x");
}

}  // namespace
}  // namespace barnabas::rpc
