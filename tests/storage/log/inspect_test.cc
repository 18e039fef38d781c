#include "storage/log/inspect.h"

#include <gtest/gtest.h>

#include "tests/storage/log/recovery_fixture.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;

class InspectTest : public RecoveryFixture {};

TEST_F(InspectTest, WalksEveryBatchOfASegment) {
  Fill(10, /*close=*/true);
  const std::string path = FileOf(Offset(0));
  ASSERT_OK_AND_ASSIGN(const auto segment,
                       SegmentInspection::Open(&files_, path));
  EXPECT_EQ(segment->size_bytes(), SizeOfFile(path));
  int64_t position = 0;
  for (size_t i = 0;; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto batch, segment->Next());
    if (!batch.has_value()) break;
    EXPECT_EQ(batch->position, position);
    EXPECT_TRUE(batch->checksum_ok);
    EXPECT_THAT(segment->BytesOf(*batch),
                support::IsOkAndHolds(batches_[i].bytes));
    position += batch->header.SizeBytes();
  }
  EXPECT_EQ(position, segment->size_bytes());
}

TEST_F(InspectTest, SaysWhichChecksumIsWrongAndGoesOn) {
  Fill(10, /*close=*/true);
  files_.FlipBits(FileOf(Offset(0)), 70, 1);
  ASSERT_OK_AND_ASSIGN(const auto segment,
                       SegmentInspection::Open(&files_, FileOf(Offset(0))));
  EXPECT_FALSE(segment->Next().value()->checksum_ok);
  EXPECT_TRUE(segment->Next().value()->checksum_ok);
}

TEST_F(InspectTest, AnOpenLogIsInspectedBesideItsOwner) {
  ASSERT_OK_AND_ASSIGN(const auto log, Open());
  ASSERT_OK(AppendTo(log.get(), support::SimpleBatch(3)).status());
  ASSERT_OK_AND_ASSIGN(const auto segment,
                       SegmentInspection::Open(&files_, FileOf(Offset(0))));
  EXPECT_TRUE(segment->Next().value().has_value());
  EXPECT_FALSE(segment->Next().value().has_value());
}

TEST_F(InspectTest, IndexEntriesPointAtBatches) {
  Fill(10, /*close=*/true);
  const std::string stem = "log/00000000000000000000";
  ASSERT_OK_AND_ASSIGN(const auto offsets,
                       ReadOffsetIndex(&files_, stem + ".index"));
  ASSERT_OK_AND_ASSIGN(const auto times,
                       ReadTimeIndex(&files_, stem + ".timeindex"));
  EXPECT_FALSE(offsets.empty());
  EXPECT_EQ(times.size(), offsets.size() + 1);
  EXPECT_THAT(ReadOffsetIndex(&files_, stem + ".timeindex"),
              HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_THAT(ReadTimeIndex(&files_, "log/00000000000000000007.timeindex"),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

}  // namespace
}  // namespace barnabas::log
