#include "storage/log/segment_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

class SegmentListTest : public testing::Test {
 protected:
  // Three segments of two batches with two records each.
  void SetUp() override {
    for (const int64_t base : {10, 14, 18}) {
      ASSERT_OK_AND_ASSIGN(auto segment,
                           CreateSegment(&files_, ".", Offset(base), 0));
      for (int i = 0; i < 2; ++i) {
        const std::string batch = support::Stored(
            support::SimpleBatch(2), segment->next(), LeaderEpoch(0));
        const std::string_view parts[] = {batch};
        ASSERT_OK(segment->Append(support::HeaderOf(batch), parts, 100, 4096));
      }
      segments_.push_back(std::move(segment));
    }
  }

  std::vector<int64_t> BasesFrom(int64_t from) {
    std::vector<int64_t> bases;
    EXPECT_OK(WalkHeaders(segments_, Offset(from),
                          [&](const record::BatchHeader& header) {
                            bases.push_back(header.base_offset.value());
                          }));
    return bases;
  }

  support::FaultFiles files_;
  SegmentList segments_;
};

TEST_F(SegmentListTest, FindsTheSegmentThatHoldsAnOffset) {
  for (const auto& [offset, index] : {std::pair{0, 0},
                                      {10, 0},
                                      {13, 0},
                                      {14, 1},
                                      {17, 1},
                                      {18, 2},
                                      {99, 2}}) {
    EXPECT_EQ(FindSegment(segments_, Offset(offset)),
              static_cast<size_t>(index))
        << offset;
  }
}

TEST_F(SegmentListTest, WalksFromTheBatchThatHoldsTheOffset) {
  EXPECT_EQ(BasesFrom(0), (std::vector<int64_t>{10, 12, 14, 16, 18, 20}));
  EXPECT_EQ(BasesFrom(13), (std::vector<int64_t>{12, 14, 16, 18, 20}));
  EXPECT_EQ(BasesFrom(21), (std::vector<int64_t>{20}));
  EXPECT_TRUE(BasesFrom(22).empty());
}

TEST_F(SegmentListTest, SizeIsTheSum) {
  EXPECT_EQ(SizeOf(segments_), 3 * segments_[0]->size());
  EXPECT_EQ(SizeOf({}), 0);
}

}  // namespace
}  // namespace barnabas::log
