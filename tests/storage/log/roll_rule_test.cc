#include "storage/log/roll_rule.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>

#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HeaderOf;
using support::SimpleBatch;

class RollRuleTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(segment_,
                         CreateSegment(&files_, ".", Offset(0), 5000));
    Append(1000);
  }

  void Append(int64_t timestamp_ms) {
    const std::string batch = support::Stored(SimpleBatch(1, timestamp_ms),
                                              segment_->next(), LeaderEpoch(0));
    const std::string_view parts[] = {batch};
    ASSERT_OK(segment_->Append(HeaderOf(batch), parts, 0, 1 << 20));
  }

  bool Rolls(int64_t timestamp_ms, int64_t now_ms, int64_t next_base = 1) {
    record::BatchHeader header = HeaderOf(SimpleBatch(1, timestamp_ms));
    if (timestamp_ms < 0) header.max_timestamp_ms = -1;
    header.base_offset = Offset(next_base);
    return MustRoll(*segment_, header, config_, 1, now_ms);
  }

  support::FaultFiles files_;
  std::shared_ptr<Segment> segment_;
  LogConfig config_;
};

TEST_F(RollRuleTest, BySize) {
  const int64_t one = segment_->size();
  config_.segment_bytes = 2 * one;
  EXPECT_FALSE(Rolls(1000, 5000));
  config_.segment_bytes = 2 * one - 1;
  EXPECT_TRUE(Rolls(1000, 5000));
}

TEST_F(RollRuleTest, ByTheBatchesTimesNotTheClock) {
  config_.segment_ms = 100;
  EXPECT_FALSE(Rolls(1100, 999999));
  EXPECT_TRUE(Rolls(1101, 5000));
}

TEST_F(RollRuleTest, WithoutTimestampsByAge) {
  config_.segment_ms = 100;
  EXPECT_FALSE(Rolls(-1, 5100));
  EXPECT_TRUE(Rolls(-1, 5101));
}

TEST_F(RollRuleTest, WithoutTrafficByTheTimeItIsOpen) {
  config_.segment_ms = 100;
  EXPECT_FALSE(IsAged(*segment_, config_, 1, 5100));
  EXPECT_TRUE(IsAged(*segment_, config_, 1, 5101));
  config_.segment_open_ms_max = 20;
  EXPECT_FALSE(IsAged(*segment_, config_, 1, 5020));
  EXPECT_TRUE(IsAged(*segment_, config_, 1, 5021));
  config_.segment_open_ms_max = std::numeric_limits<int64_t>::max();
  segment_->age().created_ms = 1000;
  EXPECT_FALSE(IsAged(*segment_, config_, 1, 1100));
  EXPECT_TRUE(IsAged(*segment_, config_, 1, 1101));
}

TEST_F(RollRuleTest, WhenRelativeOffsetsWouldNotFit) {
  EXPECT_FALSE(Rolls(1000, 5000, std::numeric_limits<int32_t>::max()));
  EXPECT_TRUE(
      Rolls(1000, 5000, int64_t{std::numeric_limits<int32_t>::max()} + 1));
}

TEST_F(RollRuleTest, WhenAnIndexIsFull) {
  config_.segment_index_bytes = 36;
  Append(1001);
  EXPECT_FALSE(Rolls(1002, 5000)) << "one time entry of two";
  Append(1002);
  EXPECT_TRUE(Rolls(1003, 5000));
}

TEST_F(RollRuleTest, JitterIsBoundedAndDiffersBySegment) {
  EXPECT_EQ(RollJitterMs(1, Offset(5), 0), 0);
  int different = 0;
  for (int64_t base = 0; base < 100; ++base) {
    const int64_t jitter = RollJitterMs(1, Offset(base), 1000);
    EXPECT_GE(jitter, 0);
    EXPECT_LT(jitter, 1000);
    EXPECT_EQ(jitter, RollJitterMs(1, Offset(base), 1000));
    if (jitter != RollJitterMs(2, Offset(base), 1000)) ++different;
  }
  EXPECT_GT(different, 90);
}

}  // namespace
}  // namespace barnabas::log
