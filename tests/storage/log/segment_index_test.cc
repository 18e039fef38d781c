#include "storage/log/segment_index.h"

#include <gtest/gtest.h>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::IsOkAndHolds;

constexpr int64_t kBatchBytes = 100;

class SegmentIndexTest : public testing::Test {
 protected:
  SegmentIndexTest() : index_(&files_, ".", Offset(0)) { index_.Reset(); }

  // Batches of one record and 100 bytes; times[i] is that of offset i.
  void Fill(std::initializer_list<int64_t> times, int64_t interval) {
    for (const int64_t time : times) {
      record::BatchHeader header;
      header.base_offset = Offset(filled_);
      header.length = kBatchBytes - 12;
      header.max_timestamp_ms = time;
      index_.Add(header, filled_ * kBatchBytes, interval);
      ++filled_;
    }
  }

  support::FaultFiles files_;
  SegmentIndex index_;
  int64_t filled_ = 0;
};

TEST_F(SegmentIndexTest, EntriesComeWhenMoreThanAnIntervalWasAppended) {
  Fill({1, 2, 3, 4, 5, 6, 7, 8}, 200);
  // At positions 300 (over 200 from 0), 600.
  EXPECT_EQ(index_.mark().offsets.count, 2);
  EXPECT_THAT(index_.FindOffset(Offset(5)),
              IsOkAndHolds(OffsetEntry{Offset(3), 300}));
  EXPECT_THAT(index_.FindOffset(), IsOkAndHolds(OffsetEntry{Offset(6), 600}));
  EXPECT_THAT(index_.FindTime(6), IsOkAndHolds(TimeEntry{4, Offset(3)}));
}

TEST_F(SegmentIndexTest, LargestTimestampIsWhereItWasFirstReached) {
  Fill({5, 9, 7, 9, -1}, 100);
  EXPECT_EQ(index_.max(), (TimeEntry{9, Offset(1)}));
}

TEST_F(SegmentIndexTest, SealingAddsTheLastTimeEntry) {
  Fill({1, 2, 3, 9}, 10000);
  EXPECT_EQ(index_.mark().times.count, 0);
  ASSERT_OK(index_.Seal().status());
  EXPECT_THAT(index_.FindTime(), IsOkAndHolds(TimeEntry{9, Offset(3)}));
}

TEST_F(SegmentIndexTest, LoadBringsBackTheMoment) {
  Fill({1, 2, 3, 4, 5}, 100);
  const IndexMark mark = index_.mark();
  Fill({6, 7, 8}, 100);
  ASSERT_OK(index_.WritePending());
  SegmentIndex loaded(&files_, ".", Offset(0));
  ASSERT_OK(loaded.Load(mark));
  EXPECT_EQ(loaded.mark(), mark);
}

TEST_F(SegmentIndexTest, LoadBelowDropsWhatWasNotThere) {
  Fill({1, 9, 3, 4, 5, 6, 12}, 100);
  ASSERT_OK(index_.WritePending());
  SegmentIndex loaded(&files_, ".", Offset(0));
  EXPECT_EQ(loaded.LoadBelow(500, Offset(5)), (OffsetEntry{Offset(4), 400}));
  EXPECT_EQ(loaded.max(), (TimeEntry{9, Offset(1)}));
  EXPECT_EQ(loaded.LoadBelow(100, Offset(1)), std::nullopt);
  EXPECT_EQ(loaded.mark().offsets.count, 0);
}

TEST_F(SegmentIndexTest, FullWhenEitherHasNoRoom) {
  EXPECT_FALSE(index_.IsFull(24));
  EXPECT_TRUE(index_.IsFull(12)) << "the last time entry keeps its place";
  Fill({1, 2, 3, 4, 5}, 0);
  EXPECT_TRUE(index_.IsFull(60));
  EXPECT_FALSE(index_.IsFull(72));
}

}  // namespace
}  // namespace barnabas::log
