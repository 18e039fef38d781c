#include "tools/cli/bench/rounds.h"

#include <gtest/gtest.h>

namespace barnabas::cli {
namespace {

Figures Rate(int64_t records) {
  return {.work = "produce", .records = records, .elapsed = absl::Seconds(1)};
}

TEST(RoundsTest, TheMiddleOfEachAndOfTheRatiosIsShown) {
  const BenchResult result = MiddleOf({{Rate(100), Rate(1000)},
                                       {Rate(300), Rate(400)},
                                       {Rate(200), Rate(800)}});
  EXPECT_EQ(result.run.records, 200);
  ASSERT_EQ(result.ceilings.size(), 1);
  EXPECT_EQ(result.ceilings[0].records, 800);
  // 0.1, 0.75, 0.25: the middle ratio, not the ratio of the middles.
  EXPECT_DOUBLE_EQ(*result.ratio, 0.25);
  EXPECT_DOUBLE_EQ(result.ratio_range->first, 0.1);
  EXPECT_DOUBLE_EQ(result.ratio_range->second, 0.75);
  EXPECT_EQ(result.rounds, 3);
}

TEST(RoundsTest, WithoutCeilingsThereIsNoRatio) {
  const BenchResult result = MiddleOf({{Rate(1)}, {Rate(2)}, {Rate(3)}});
  EXPECT_EQ(result.run.records, 2);
  EXPECT_TRUE(result.ceilings.empty());
  EXPECT_FALSE(result.ratio.has_value());
}

TEST(RoundsTest, ACeilingOfNothingGivesNoRatio) {
  const BenchResult result = MiddleOf({{Rate(1), Rate(0)}});
  EXPECT_EQ(result.ceilings.size(), 1);
  EXPECT_FALSE(result.ratio.has_value());
}

TEST(RoundsTest, NoRoundsAreAnEmptyResult) {
  EXPECT_EQ(MiddleOf({}).run.records, 0);
}

}  // namespace
}  // namespace barnabas::cli
