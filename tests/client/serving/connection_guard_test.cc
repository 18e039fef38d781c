// Who does harm, by numbers alone.
#include "client/serving/connection_guard.h"

#include <gtest/gtest.h>

#include <string>

namespace barnabas::rpc {
namespace {

using Burden = ConnectionGuard::Burden;

constexpr absl::Duration kBegin = absl::Seconds(100);

class ConnectionGuardTest : public ::testing::Test {
 protected:
  // Connection `id` has received `bytes` in all, at `now`.
  std::string Verdict(uint64_t id, int64_t bytes, const StreamCounts& counts,
                      absl::Duration now = kBegin) {
    guard_.Note(id, now, {.received_bytes = bytes});
    return guard_.Judge(id, now, counts);
  }

  const ConnectionGuard::Options options_;
  ConnectionGuard guard_{options_};
};

TEST_F(ConnectionGuardTest, LetsABusyProducerSendForEver) {
  StreamCounts counts{.started = 1};
  int64_t bytes = 0;
  for (int i = 0; i < 1000; ++i) {
    bytes += options_.fruitless_bytes_max;
    ++counts.messages;
    EXPECT_EQ(Verdict(1, bytes, counts), "");
  }
  EXPECT_FALSE(guard_.IsOverTotal());
}

TEST_F(ConnectionGuardTest, LetsOneLargestMessageCome) {
  EXPECT_EQ(Verdict(1, kMessageBytesMax + kMiB, {.started = 1}), "");
}

TEST_F(ConnectionGuardTest, SeesBytesThatMakeUpNoMessage) {
  const StreamCounts counts{.started = 1, .messages = 3};
  EXPECT_EQ(Verdict(1, 1000, counts), "");
  // Counted from the last message on.
  const int64_t bytes = 1000 + options_.fruitless_bytes_max;
  EXPECT_EQ(Verdict(1, bytes, counts), "");
  EXPECT_NE(Verdict(1, bytes + 1, counts), "");
}

TEST_F(ConnectionGuardTest, AnAnsweredStreamIsProgressToo) {
  StreamCounts counts{.started = 1, .answered = 1};
  EXPECT_EQ(Verdict(1, options_.fruitless_bytes_max, counts), "");
  ++counts.answered;
  EXPECT_EQ(Verdict(1, 2 * options_.fruitless_bytes_max, counts), "");
}

TEST_F(ConnectionGuardTest, SeesAFloodBeforeTheFirstStream) {
  EXPECT_EQ(Verdict(1, options_.opening_bytes_max, {}), "");
  EXPECT_NE(Verdict(1, options_.opening_bytes_max + 1, {}), "");
}

TEST_F(ConnectionGuardTest, SeesStreamsBrokenOffAsTheyOpen) {
  EXPECT_EQ(Verdict(1, 1000, {.started = 10, .broken = 10}), "");
  EXPECT_EQ(Verdict(1, 100000,
                    {.started = 2000, .broken = options_.broken_streams_max},
                    kBegin + absl::Milliseconds(500)),
            "");
  EXPECT_NE(Verdict(1, 200000, {.started = 5000, .broken = 4900},
                    kBegin + absl::Milliseconds(900)),
            "");
}

TEST_F(ConnectionGuardTest, SeesStreamsThatPileUp) {
  StreamCounts counts{
      .started = options_.open_streams_max + 100, .answered = 60, .broken = 40};
  EXPECT_EQ(Verdict(1, 1000, counts), "");
  ++counts.started;
  EXPECT_NE(Verdict(1, 2000, counts), "");
}

TEST_F(ConnectionGuardTest, BrokenStreamsAreForgottenAfterASecond) {
  int64_t broken = 0;
  for (int second = 0; second < 10; ++second) {
    broken += 1000;
    EXPECT_EQ(Verdict(1, broken * 100, {.started = broken, .broken = broken},
                      kBegin + absl::Seconds(second)),
              "");
  }
}

TEST_F(ConnectionGuardTest, ACancellingClientThatAlsoGetsAnswersIsNone) {
  EXPECT_EQ(Verdict(1, 1000, {.started = 1}), "");
  EXPECT_EQ(
      Verdict(1, 100000, {.started = 10000, .answered = 6000, .broken = 4000},
              kBegin + absl::Milliseconds(500)),
      "");
}

TEST_F(ConnectionGuardTest, AddsUpWhatAllOfThemSendInVain) {
  const int64_t each = options_.fruitless_bytes_max;
  uint64_t id = 0;
  while (!guard_.IsOverTotal()) {
    ASSERT_LE(static_cast<int64_t>(id) * each,
              options_.fruitless_bytes_total_max);
    ++id;
    EXPECT_EQ(Verdict(id, each - static_cast<int64_t>(id), {.started = 1}), "");
  }
  ASSERT_TRUE(guard_.Heaviest(Burden::kFruitless).has_value());
  EXPECT_EQ(guard_.Heaviest(Burden::kFruitless)->id, 1u);
  EXPECT_EQ(guard_.Heaviest(Burden::kFruitless)->bytes, each - 1);
  guard_.Forget(1);
  EXPECT_FALSE(guard_.IsOverTotal());
  EXPECT_EQ(guard_.Heaviest(Burden::kFruitless)->id, 2u);
}

TEST_F(ConnectionGuardTest, WhatIsHeldForAConnectionIsItsWeight) {
  EXPECT_EQ(Verdict(1, 5000, {.started = 1000, .answered = 100, .broken = 50}),
            "");
  EXPECT_EQ(Verdict(2, 90000, {.started = 1}), "");
  EXPECT_EQ(guard_.Heaviest(Burden::kFruitless)->id, 2u);
  EXPECT_EQ(guard_.Heaviest(Burden::kMemory)->id, 1u);
  EXPECT_EQ(guard_.WeightOf(1, Burden::kMemory).bytes,
            850 * options_.stream_bytes);
  EXPECT_EQ(guard_.WeightOf(7, Burden::kMemory).bytes, 0);
  // Few streams, but of long answers that nobody reads.
  EXPECT_EQ(Verdict(2, 90000, {.started = 3, .held_bytes = 60 * kMiB}), "");
  EXPECT_EQ(guard_.Heaviest(Burden::kMemory)->id, 2u);
  EXPECT_EQ(guard_.WeightOf(2, Burden::kMemory).bytes,
            90000 + 60 * kMiB + 3 * options_.stream_bytes);
}

TEST_F(ConnectionGuardTest, SaysWhatIsNewSinceTheLastVerdict) {
  EXPECT_EQ(guard_.Note(1, kBegin, {.received_bytes = 100}), 100);
  EXPECT_EQ(guard_.Note(1, kBegin, {.received_bytes = 250}), 250);
  EXPECT_EQ(guard_.Judge(1, kBegin, {.started = 1}), "");
  EXPECT_EQ(guard_.Note(1, kBegin, {.received_bytes = 300}), 50);
}

// A connection on which one stream was opened, in steps of 200 ms; the server
// lags behind.
class UnansweredTest : public ConnectionGuardTest {
 protected:
  UnansweredTest() { EXPECT_EQ(Verdict(1, 1000, counts_), ""); }

  std::string Receive(int64_t bytes) {
    now_ += absl::Milliseconds(200);
    traffic_.received_bytes += bytes;
    guard_.Note(1, now_, traffic_);
    return guard_.IsUnanswered(1) ? guard_.Judge(1, now_, counts_) : "";
  }
  // How long it may go on before it is cut; at most a minute.
  absl::Duration Endures(int64_t bytes) {
    const absl::Duration begin = now_;
    while (now_ - begin < absl::Minutes(1) && Receive(bytes).empty()) {
    }
    return now_ - begin;
  }

  absl::Duration now_ = kBegin;
  Traffic traffic_{.received_bytes = 1000, .unread_bytes = 50};
  StreamCounts counts_{.started = 1};
};

TEST_F(UnansweredTest, HeadersWithoutEndAreSeen) {
  EXPECT_EQ(Endures(200 * kKiB), options_.unanswered_max);
}

TEST_F(UnansweredTest, AFewBytesAreNone) {
  EXPECT_EQ(Endures(kKiB), absl::Minutes(1));
}

TEST_F(UnansweredTest, ALargeMessageIsNone) {
  for (int i = 0; i < 300; ++i) {
    // The window moves now and then.
    if (i % 9 == 0) traffic_.sent_bytes += 13;
    ASSERT_EQ(Receive(100 * kKiB), "") << i;
  }
}

TEST_F(UnansweredTest, WhoIsReadAtOnceDoesNoHarm) {
  traffic_.unread_bytes = 0;
  EXPECT_EQ(Endures(100 * kKiB), absl::Minutes(1));
}

TEST_F(UnansweredTest, MessagesThatAreNotAnsweredAreNone) {
  for (int i = 0; i < 600; ++i) {
    if (i % 10 == 0) ++counts_.messages;
    ASSERT_EQ(Receive(100 * kKiB), "") << i;
  }
}

TEST_F(UnansweredTest, AProcessThatStoodStillSawNothing) {
  for (int i = 0; i < 3; ++i) {
    now_ += absl::Minutes(1);
    ASSERT_EQ(Receive(kMiB), "") << i;
  }
}

}  // namespace
}  // namespace barnabas::rpc
