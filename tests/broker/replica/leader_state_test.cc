#include "broker/replica/leader_state.h"

#include <gtest/gtest.h>

#include "proto/types/error.h"

namespace barnabas::replica {
namespace {

LeaderState Led(FlushMode flush) {
  return LeaderState({.epoch = LeaderEpoch(3),
                      .durable_end = Offset(10),
                      .log_end = Offset(10),
                      .flush = flush,
                      .background_bytes = 1000});
}

TEST(LeaderState, DiskHoldsTheHighWatermarkUntilTheSync) {
  LeaderState state = Led(FlushMode::kDisk);
  const Step appended = state.OnAppended(Offset(15), 100);
  EXPECT_EQ(appended, (Step{.start_flush = true}));
  EXPECT_EQ(state.high_watermark(), Offset(10));
  const Step flushed = state.OnFlushed(Offset(15));
  EXPECT_EQ(flushed, (Step{.advanced = true}));
  EXPECT_EQ(state.high_watermark(), Offset(15));
}

TEST(LeaderState, DiskKeepsOneFlushInFlight) {
  LeaderState state = Led(FlushMode::kDisk);
  EXPECT_TRUE(state.OnAppended(Offset(11), 1).start_flush);
  EXPECT_FALSE(state.OnAppended(Offset(12), 2).start_flush);
  const Step flushed = state.OnFlushed(Offset(11));
  EXPECT_EQ(flushed, (Step{.start_flush = true, .advanced = true}));
  EXPECT_EQ(state.high_watermark(), Offset(11));
  EXPECT_EQ(state.OnFlushed(Offset(12)), (Step{.advanced = true}));
}

TEST(LeaderState, OsAdvancesAtOnceAndArmsTheTimerOnce) {
  LeaderState state = Led(FlushMode::kOs);
  EXPECT_EQ(state.OnAppended(Offset(11), 10),
            (Step{.arm_timer = true, .advanced = true}));
  EXPECT_EQ(state.OnAppended(Offset(12), 20), (Step{.advanced = true}));
  EXPECT_EQ(state.high_watermark(), Offset(12));
  EXPECT_EQ(state.OnFlushDue(), (Step{.start_flush = true}));
  EXPECT_EQ(state.OnFlushed(Offset(12)), Step{});
  EXPECT_EQ(state.OnFlushDue(), Step{});
}

TEST(LeaderState, OsSyncsWhenEnoughBytesGathered) {
  LeaderState state = Led(FlushMode::kOs);
  EXPECT_EQ(state.OnAppended(Offset(11), 1000),
            (Step{.start_flush = true, .advanced = true}));
}

TEST(LeaderState, NothingAdvancesAfterAFailedFlush) {
  LeaderState state = Led(FlushMode::kDisk);
  EXPECT_TRUE(state.OnAppended(Offset(11), 1).start_flush);
  state.OnFlushFailed();
  EXPECT_EQ(CodeOf(state.CheckUsable()), ErrorCode::kStorageError);
  EXPECT_EQ(state.OnFlushDue(), Step{});
  EXPECT_EQ(state.high_watermark(), Offset(10));
}

TEST(LeaderState, ChangingToOsReleasesWhatWaited) {
  LeaderState state = Led(FlushMode::kDisk);
  EXPECT_TRUE(state.OnAppended(Offset(11), 1).start_flush);
  EXPECT_TRUE(state.SetFlush(FlushMode::kOs, 1000).advanced);
  EXPECT_EQ(state.high_watermark(), Offset(11));
  // Back to disk: the high watermark does not fall.
  EXPECT_FALSE(state.SetFlush(FlushMode::kDisk, 1000).advanced);
  EXPECT_EQ(state.high_watermark(), Offset(11));
}

TEST(LeaderState, EpochsFenceBothWays) {
  LeaderState state = Led(FlushMode::kDisk);
  EXPECT_TRUE(state.CheckEpoch(std::nullopt).ok());
  EXPECT_TRUE(state.CheckEpoch(LeaderEpoch(3)).ok());
  EXPECT_EQ(CodeOf(state.CheckEpoch(LeaderEpoch(2))),
            ErrorCode::kFencedLeaderEpoch);
  EXPECT_EQ(CodeOf(state.CheckEpoch(LeaderEpoch(4))),
            ErrorCode::kUnknownLeaderEpoch);
  state.SetEpoch(LeaderEpoch(4));
  EXPECT_TRUE(state.CheckEpoch(LeaderEpoch(4)).ok());
}

}  // namespace
}  // namespace barnabas::replica
