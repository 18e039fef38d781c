#include "metadata/raft/progress.h"

#include <gtest/gtest.h>

namespace barnabas::raft {
namespace {

TEST(ProgressTest, AProbeSendsOneMessageAndWaits) {
  Progress progress(LogIndex(9));
  EXPECT_TRUE(progress.MaySend(5));
  progress.OnSent(LogIndex(10));
  EXPECT_FALSE(progress.MaySend(5));
}

TEST(ProgressTest, AnAcceptedProbeReplicatesAheadUpToTheBound) {
  Progress progress(LogIndex(9));
  progress.OnSent(LogIndex(10));
  EXPECT_TRUE(progress.OnAccepted(LogIndex(9), 1));
  EXPECT_EQ(progress.mode(), SendMode::kReplicate);
  progress.OnSent(LogIndex(12));
  progress.OnSent(LogIndex(15));
  EXPECT_FALSE(progress.MaySend(2));
  progress.OnAccepted(LogIndex(11), 1);
  EXPECT_TRUE(progress.MaySend(2));
  EXPECT_EQ(progress.next(), LogIndex(15));
}

TEST(ProgressTest, AHeartbeatsAnswerDoesNotEndAProbe) {
  Progress progress(LogIndex(9));
  progress.OnSent(LogIndex(10));
  EXPECT_TRUE(progress.OnAccepted(LogIndex(3), 4));
  EXPECT_EQ(progress.mode(), SendMode::kProbe);
  EXPECT_EQ(progress.round(), 4u);
}

TEST(ProgressTest, ARefusalProbesFurtherBackButNeverBelowTheMatch) {
  Progress progress(LogIndex(9));
  progress.OnAccepted(LogIndex(9), 1);
  progress.OnSent(LogIndex(20));
  progress.OnRefused(LogIndex(2), 1);
  EXPECT_EQ(progress.mode(), SendMode::kProbe);
  EXPECT_EQ(progress.next(), LogIndex(10));
  EXPECT_EQ(progress.match(), LogIndex(9));
}

TEST(ProgressTest, MatchNeverFalls) {
  Progress progress(LogIndex(9));
  progress.OnAccepted(LogIndex(9), 1);
  EXPECT_FALSE(progress.OnAccepted(LogIndex(4), 1));
  EXPECT_EQ(progress.match(), LogIndex(9));
}

TEST(ProgressTest, ASilentReplicaIsProbedAgain) {
  Progress progress(LogIndex(9));
  progress.OnAccepted(LogIndex(9), 1);
  progress.OnSent(LogIndex(20));
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(progress.OnTick(5));
  EXPECT_TRUE(progress.OnTick(5));
  EXPECT_EQ(progress.mode(), SendMode::kProbe);
  EXPECT_EQ(progress.next(), LogIndex(10));
}

TEST(ProgressTest, NothingIsSentAgainWhereNothingIsUnderWay) {
  Progress progress(LogIndex(9));
  progress.OnAccepted(LogIndex(9), 1);
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(progress.OnTick(5));
}

TEST(ProgressTest, ASnapshotIsSentPieceByPieceAndThenProbed) {
  Progress progress(LogIndex(9));
  progress.BeginSnapshot(SnapshotId{Term(3), LogIndex(7)});
  EXPECT_FALSE(progress.MaySend(5));
  progress.OnSnapshotPiece(1000);
  EXPECT_EQ(progress.snapshot().position, 1000);
  progress.OnSnapshotInstalled();
  EXPECT_EQ(progress.mode(), SendMode::kProbe);
  EXPECT_EQ(progress.match(), LogIndex(7));
  EXPECT_EQ(progress.next(), LogIndex(8));
}

TEST(ProgressTest, ALostStreamForgetsWhatWasSent) {
  Progress progress(LogIndex(9));
  progress.OnAccepted(LogIndex(5), 1);
  progress.OnAccepted(LogIndex(9), 1);
  progress.OnSent(LogIndex(30));
  progress.OnLost();
  EXPECT_EQ(progress.next(), LogIndex(10));
  EXPECT_TRUE(progress.MaySend(1));
}

TEST(ProgressTest, BelievesAReplicaThatLostWhatItHadAcknowledged) {
  Progress peer(LogIndex(10));
  peer.OnAccepted(LogIndex(10), /*round=*/5);
  // Said before it acknowledged, and late.
  peer.OnRefused(LogIndex(4), /*round=*/3);
  EXPECT_EQ(peer.match(), LogIndex(10));
  EXPECT_EQ(peer.next(), LogIndex(11));
  // An old copy of its disk was restored.
  peer.OnRefused(LogIndex(4), /*round=*/6);
  EXPECT_EQ(peer.match(), LogIndex(3));
  EXPECT_EQ(peer.next(), LogIndex(4));
  EXPECT_EQ(peer.mode(), SendMode::kProbe);
}

}  // namespace
}  // namespace barnabas::raft
