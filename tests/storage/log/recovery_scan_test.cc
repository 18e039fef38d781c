#include "storage/log/recovery_scan.h"

#include <gtest/gtest.h>

#include "storage/log/format.h"
#include "storage/log/offset_file.h"
#include "tests/storage/log/recovery_fixture.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;

constexpr int kFlushed = 25;

class RecoveryScanTest : public RecoveryFixture {
 protected:
  absl::StatusOr<RecoveryPlan> Scan() {
    return RecoveryScan(&files_, "log", SmallConfig().index_interval_bytes, 0)
        .Run();
  }

  // S3, S11: refused with file and position, and nothing has changed.
  void ExpectRefused(const std::string& named) {
    const auto before = Everything();
    const absl::Status status = Open().status();
    EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptLog));
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(named));
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("position"));
    EXPECT_EQ(HintOf(status), "barnabas storage verify DIR");
    EXPECT_EQ(Everything(), before);
  }

  DurablePoint Point() {
    return DurablePointFile::Read(&files_, "log").value().value();
  }
};

TEST_F(RecoveryScanTest, EmptyDirectoryIsAPlanWithoutSegments) {
  ASSERT_OK(files_.CreateDirectory("log"));
  ASSERT_OK_AND_ASSIGN(const RecoveryPlan plan, Scan());
  EXPECT_TRUE(plan.segments.empty());
  EXPECT_EQ(plan.end(), Offset(0));
}

TEST_F(RecoveryScanTest, ReadsOnlyWhatLiesAboveTheDurablePoint) {
  Fill(kFlushed, /*close=*/false);
  int64_t total = 0;
  for (const StoredBatch& batch : batches_) {
    total += static_cast<int64_t>(batch.bytes.size());
  }
  ASSERT_OK_AND_ASSIGN(const RecoveryPlan plan, Scan());
  EXPECT_EQ(plan.trusted_end, Offset(2 * kFlushed));
  EXPECT_LT(plan.scanned.bytes, total / 2);
  EXPECT_EQ(plan.indexes_rebuilt, 0);
  EXPECT_TRUE(plan.cut_reason.empty());
  EXPECT_EQ(plan.end(), batches_.back().next);
}

TEST_F(RecoveryScanTest, ChangesNothing) {
  Fill(kFlushed, /*close=*/false);
  Resize(LastSegment(), SizeOfFile(LastSegment()) - 5);
  const auto before = Everything();
  ASSERT_OK_AND_ASSIGN(const RecoveryPlan plan, Scan());
  EXPECT_FALSE(plan.cut_reason.empty());
  EXPECT_EQ(Everything(), before);
}

// S3: torn tails are cut, damage at or below the point is refused.
TEST_F(RecoveryScanTest, LogShorterThanTheDurablePointIsRefused) {
  Fill(kFlushed, /*close=*/false);
  const std::string path = FileOf(Point().segment_base);
  Resize(path, Point().position - 1);
  ExpectRefused(path);
}

TEST_F(RecoveryScanTest, FlipsJustBelowThePointAreRefused) {
  Fill(kFlushed, /*close=*/false);
  const std::string path = FileOf(Point().segment_base);
  for (int64_t back = 1; back < 60; back += 7) {
    files_.FlipBits(path, Point().position - back, 1);
    ExpectRefused(path);
    files_.FlipBits(path, Point().position - back, 1);
  }
  EXPECT_OK(Open());
}

// Whoever opens it next, with the index that was rebuilt, would refuse it.
TEST_F(RecoveryScanTest, FlipsBelowThePointAreRefusedWithoutAnIndexToo) {
  Fill(kFlushed, /*close=*/false);
  const std::string path = FileOf(Point().segment_base);
  std::string index = path;
  index.replace(index.size() - 3, 3, "index");
  ASSERT_OK(files_.RemoveFile(index));
  for (int64_t back = 1; back < 60; back += 7) {
    files_.FlipBits(path, Point().position - back, 1);
    ExpectRefused(path);
    files_.FlipBits(path, Point().position - back, 1);
  }
  EXPECT_OK(Open());
}

TEST_F(RecoveryScanTest, MissingSegmentsBelowThePointAreRefused) {
  Fill(kFlushed, /*close=*/false);
  ASSERT_OK(files_.RemoveFile(FileOf(Point().segment_base)));
  ExpectRefused(FileOf(Point().segment_base));
}

TEST_F(RecoveryScanTest, CutSealedSegmentsAreRefused) {
  Fill(kFlushed, /*close=*/false);
  Resize(FileOf(Offset(0)), SizeOfFile(FileOf(Offset(0))) - 3);
  ExpectRefused(FileOf(Offset(0)));
}

TEST_F(RecoveryScanTest, AMissingStartIsRefused) {
  Fill(kFlushed, /*close=*/false);
  ASSERT_OK(WriteOffsetFile(&files_, "log", kLogStartFileName, Offset(3)));
  ASSERT_OK(files_.RemoveFile(FileOf(Offset(0))));
  ExpectRefused(FileOf(Offset(3)));
}

TEST_F(RecoveryScanTest, DamagedMarksAreRefused) {
  Fill(kFlushed, /*close=*/false);
  files_.FlipBits("log/durable-point", 20, 1);
  files_.FlipBits("log/durable-point", 512 + 20, 1);
  ExpectRefused("durable-point");
}

// An error of the disk is not a torn tail.
TEST_F(RecoveryScanTest, WhatCannotBeReadIsNotCut) {
  Fill(kFlushed, /*close=*/false);
  const auto before = Everything();
  files_.plan()->Fail({support::FileAction::kRead, LastSegment(), 0,
                       support::FaultPlan::kForEver});
  EXPECT_THAT(Open(), HasErrorCode(ErrorCode::kStorageError));
  files_.plan()->Clear();
  EXPECT_EQ(Everything(), before);
  EXPECT_OK(Open());
}

}  // namespace
}  // namespace barnabas::log
