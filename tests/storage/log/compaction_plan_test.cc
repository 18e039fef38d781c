#include "storage/log/compaction_plan.h"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

namespace barnabas::log {
namespace {

constexpr int64_t kNow = 1000000;
constexpr Offset kNoLimit(std::numeric_limits<int64_t>::max());

// Four segments of 100 offsets and 1,000 bytes, an hour apart.
std::vector<SegmentSpan> Spans() {
  std::vector<SegmentSpan> spans;
  for (int64_t i = 0; i < 4; ++i) {
    spans.push_back(SegmentSpan{Offset(i * 100), Offset(i * 100 + 100), 1000,
                                kNow - (4 - i) * 1000, kNow - (5 - i) * 1000});
  }
  return spans;
}

TEST(CompactionPlanTest, WithoutSegmentsThereIsNothing) {
  const CompactionRange range = PlanCompaction({}, Offset(5), kNoLimit, {}, 0);
  EXPECT_EQ(range.segments, 0u);
  EXPECT_EQ(range.DirtyRatio(), 0);
  EXPECT_FALSE(IsDue(range, {}, kNow));
}

TEST(CompactionPlanTest, WhatLiesBelowTheCleanEndIsClean) {
  const CompactionRange range =
      PlanCompaction(Spans(), Offset(100), kNoLimit, {}, kNow);
  EXPECT_EQ(range.dirty_begin, Offset(100));
  EXPECT_EQ(range.end, Offset(400));
  EXPECT_EQ(range.segments, 4u);
  EXPECT_EQ(range.clean_bytes, 1000);
  EXPECT_EQ(range.dirty_bytes, 3000);
  EXPECT_EQ(range.oldest_dirty_ms, kNow - 4000);
  EXPECT_EQ(range.DirtyRatio(), 0.75);
}

TEST(CompactionPlanTest, ASegmentThatIsCleanInPartIsDirty) {
  const CompactionRange range =
      PlanCompaction(Spans(), Offset(150), kNoLimit, {}, kNow);
  EXPECT_EQ(range.dirty_begin, Offset(150));
  EXPECT_EQ(range.dirty_bytes, 3000);
}

TEST(CompactionPlanTest, ACleanEndOutsideOfTheLogIsBroughtInside) {
  std::vector<SegmentSpan> spans = Spans();
  spans.erase(spans.begin());
  EXPECT_EQ(PlanCompaction(spans, Offset(0), kNoLimit, {}, kNow).dirty_begin,
            Offset(100));
  const CompactionRange range =
      PlanCompaction(spans, Offset(900), kNoLimit, {}, kNow);
  EXPECT_EQ(range.dirty_begin, Offset(400));
  EXPECT_EQ(range.dirty_bytes, 0);
  EXPECT_FALSE(IsDue(range, {.dirty_ratio_min = 0}, kNow));
}

TEST(CompactionPlanTest, TheLimitAndTheLeastAgeHoldSegmentsBack) {
  EXPECT_EQ(PlanCompaction(Spans(), Offset(0), Offset(399), {}, kNow).end,
            Offset(300));
  CompactionConfig config;
  config.lag_min_ms = 2500;
  const CompactionRange range =
      PlanCompaction(Spans(), Offset(0), kNoLimit, config, kNow);
  EXPECT_EQ(range.end, Offset(200));
  config.lag_min_ms = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(PlanCompaction(Spans(), Offset(0), kNoLimit, config, kNow).segments,
            0u);
}

TEST(CompactionPlanTest, TheRatioOrTheAgeAsksForAPass) {
  const CompactionRange range =
      PlanCompaction(Spans(), Offset(300), kNoLimit, {}, kNow);
  CompactionConfig config;
  config.dirty_ratio_min = 0.25;
  EXPECT_FALSE(IsDue(range, config, kNow));
  config.dirty_ratio_min = 0.24;
  EXPECT_TRUE(IsDue(range, config, kNow));
  config.dirty_ratio_min = 1;
  config.lag_max_ms = 2000;
  EXPECT_FALSE(IsDue(range, config, kNow));
  config.lag_max_ms = 1999;
  EXPECT_TRUE(IsDue(range, config, kNow));
}

TEST(CompactionPlanTest, NeighboursBecomeOneUpToASegmentsSize) {
  using Groups = std::vector<std::pair<size_t, size_t>>;
  EXPECT_EQ(GroupSegments(Spans(), 2000), (Groups{{0, 2}, {2, 4}}));
  EXPECT_EQ(GroupSegments(Spans(), 3999), (Groups{{0, 3}, {3, 4}}));
  EXPECT_EQ(GroupSegments(Spans(), 1),
            (Groups{{0, 1}, {1, 2}, {2, 3}, {3, 4}}));
  EXPECT_EQ(GroupSegments({}, 1), Groups{});
  std::vector<SegmentSpan> far = Spans();
  far[2].next = far[3].base = Offset(int64_t{1} << 31);
  far[3].next = far[3].base.Next();
  EXPECT_EQ(GroupSegments(far, 1 << 20), (Groups{{0, 2}, {2, 4}}));
  far[3].next = far[3].base.Plus(1000);
  EXPECT_EQ(GroupSegments(far, 1 << 20), (Groups{{0, 2}, {2, 3}, {3, 4}}));
}

}  // namespace
}  // namespace barnabas::log
