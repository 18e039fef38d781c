#include "controller/active/liveness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace barnabas::active {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kTimeout = absl::Seconds(3);

absl::Duration At(int64_t ms) { return absl::Milliseconds(ms); }

internal::v1::BrokerHeartbeat Beat(int64_t applied) {
  internal::v1::BrokerHeartbeat heartbeat;
  heartbeat.set_applied_offset(applied);
  heartbeat.set_disk_free_bytes(7);
  return heartbeat;
}

TEST(Liveness, NobodyIsDueWhenNobodyIsKnown) {
  const Liveness liveness;
  EXPECT_THAT(liveness.Expired(At(1'000'000), kTimeout), IsEmpty());
  EXPECT_EQ(liveness.NextDeadline(kTimeout), std::nullopt);
}

TEST(Liveness, ASignOfLifeMovesTheDeadline) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(0));
  liveness.Expect(BrokerId(101), BrokerEpoch(6), At(500));
  EXPECT_EQ(liveness.NextDeadline(kTimeout), At(3000));
  liveness.Heard(SessionId(1), Beat(9), At(1000));
  EXPECT_EQ(liveness.NextDeadline(kTimeout), At(3500));
  EXPECT_THAT(liveness.Expired(At(3499), kTimeout), IsEmpty());
  EXPECT_THAT(liveness.Expired(At(3500), kTimeout), ElementsAre(BrokerId(101)));
  EXPECT_THAT(liveness.Expired(At(4000), kTimeout),
              ElementsAre(BrokerId(100), BrokerId(101)));
  EXPECT_EQ(liveness.Find(BrokerId(100))->applied, LogIndex(9));
  EXPECT_EQ(liveness.Find(BrokerId(100))->disk_free_bytes, 7);
}

TEST(Liveness, AppliedNeverGoesBack) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(0));
  liveness.Heard(SessionId(1), Beat(9), At(1));
  liveness.Heard(SessionId(1), Beat(8), At(2));
  EXPECT_EQ(liveness.Find(BrokerId(100))->applied, LogIndex(9));
}

TEST(Liveness, AClosedStreamLeavesTheLifeToItsDeadline) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(0));
  liveness.Close(SessionId(1));
  ASSERT_NE(liveness.FindSession(SessionId(1)), nullptr);
  EXPECT_FALSE(liveness.FindSession(SessionId(1))->open);
  EXPECT_THAT(liveness.Expired(At(3000), kTimeout), ElementsAre(BrokerId(100)));
}

TEST(Liveness, ANewStreamOfTheSameLifeKeepsWhatIsKnown) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(0));
  liveness.Heard(SessionId(1), Beat(9), At(1));
  liveness.Open(SessionId(2), BrokerId(100), BrokerEpoch(5), At(2));
  EXPECT_EQ(liveness.FindSession(SessionId(1)), nullptr);
  EXPECT_EQ(liveness.FindSession(SessionId(2))->applied, LogIndex(9));
  liveness.Open(SessionId(3), BrokerId(100), BrokerEpoch(6), At(3));
  EXPECT_EQ(liveness.FindSession(SessionId(3))->applied, LogIndex(-1));
}

TEST(Liveness, EvidenceOfAReplacedSessionTouchesNobody) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(0));
  liveness.Open(SessionId(2), BrokerId(100), BrokerEpoch(5), At(1));
  liveness.Close(SessionId(1));
  EXPECT_TRUE(liveness.Find(BrokerId(100))->open);
}

TEST(Liveness, LostTimeCountsForNobodyAndWhatWaitsGetsItsGrace) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(0));
  liveness.Forgive(At(10'000), At(1000), At(13'000));
  EXPECT_THAT(liveness.Expired(At(13'999), kTimeout), IsEmpty());
  EXPECT_THAT(liveness.Expired(At(14'000), kTimeout),
              ElementsAre(BrokerId(100)));
}

TEST(Liveness, SilenceIsForgivenThreeTimesInARow) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(0));
  for (int i = 0; i < 5; ++i) liveness.Forgive(At(10), At(0), At(10'000));
  EXPECT_EQ(liveness.Find(BrokerId(100))->heard, At(30));
  liveness.Heard(SessionId(1), Beat(1), At(40));
  liveness.Forgive(At(10), At(0), At(10'000));
  EXPECT_EQ(liveness.Find(BrokerId(100))->heard, At(50));
}

TEST(Liveness, NobodyIsHeardInTheFuture) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(90));
  liveness.Forgive(At(50), At(1000), At(100));
  EXPECT_EQ(liveness.Find(BrokerId(100))->heard, At(100));
}

TEST(Liveness, WhatIsForgottenIsUnknown) {
  Liveness liveness;
  liveness.Open(SessionId(1), BrokerId(100), BrokerEpoch(5), At(0));
  liveness.SetStopOffset(BrokerId(100), LogIndex(4));
  EXPECT_EQ(liveness.Find(BrokerId(100))->stop_offset, LogIndex(4));
  liveness.Forget(BrokerId(100));
  EXPECT_EQ(liveness.Find(BrokerId(100)), nullptr);
  EXPECT_EQ(liveness.FindSession(SessionId(1)), nullptr);
  liveness.Heard(SessionId(1), Beat(1), At(1));
  liveness.Close(SessionId(1));
  liveness.Forget(BrokerId(100));
  EXPECT_THAT(liveness.lives(), IsEmpty());
}

}  // namespace
}  // namespace barnabas::active
