#include "storage/log/durable_marks.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/log/checkpoint_file.h"
#include "storage/log/offset_file.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;
using support::IsOkAndHolds;

class DurableMarksTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(DurablePointFile::Create(&files_, ".", Point(0)));
    marks_ = std::make_unique<DurableMarks>(&files_, ".", 0);
  }

  static DurablePoint Point(int64_t end) {
    DurablePoint point;
    point.end = Offset(end);
    return point;
  }
  int64_t StoredEnd() {
    return DurablePointFile::Read(&files_, ".").value()->end.value();
  }
  std::string StoredEpochs() {
    return ReadSmallFile(&files_, "leader-epoch-checkpoint")
        .value()
        .value_or("(none)");
  }

  support::FaultFiles files_;
  std::unique_ptr<DurableMarks> marks_;
};

TEST_F(DurableMarksTest, ARoundRecordsWhatItBrings) {
  EXPECT_THAT(marks_->Record(marks_->era(), Point(7), std::nullopt),
              IsOkAndHolds(true));
  EXPECT_EQ(StoredEnd(), 7);
  EXPECT_EQ(StoredEpochs(), "(none)");
  EXPECT_THAT(marks_->Record(marks_->era(), std::nullopt, "0\n0\n"),
              IsOkAndHolds(true));
  EXPECT_EQ(StoredEpochs(), "0\n0\n");
}

TEST_F(DurableMarksTest, ARoundFromBeforeACutRecordsNothing) {
  const int64_t era = marks_->era();
  ASSERT_OK(marks_->Replace(Point(3), "0\n1\n1 0\n"));
  EXPECT_THAT(marks_->Record(era, Point(9), "0\n2\n1 0\n2 5\n"),
              IsOkAndHolds(false));
  EXPECT_EQ(StoredEnd(), 3);
  EXPECT_EQ(StoredEpochs(), "0\n1\n1 0\n");
}

TEST_F(DurableMarksTest, AFullDiskPutsTheEpochsOff) {
  files_.plan()->Fail(
      {support::FileAction::kWrite, "leader-epoch", 0, 1, ENOSPC});
  EXPECT_THAT(marks_->Record(marks_->era(), Point(4), "0\n0\n"),
              IsOkAndHolds(false));
  EXPECT_EQ(StoredEnd(), 4);
  EXPECT_THAT(marks_->Record(marks_->era(), Point(5), "0\n0\n"),
              IsOkAndHolds(true));
}

TEST_F(DurableMarksTest, NoRoundGoesBelowWhatACompactionRaised) {
  DurablePoint raised = Point(9);
  raised.segment_base = Offset(9);
  EXPECT_THAT(marks_->Raise(marks_->era(), raised), IsOkAndHolds(true));
  // The same end, but in the segment that is being replaced.
  EXPECT_THAT(marks_->Record(marks_->era(), Point(9), std::nullopt),
              IsOkAndHolds(true));
  EXPECT_EQ(DurablePointFile::Read(&files_, ".").value()->segment_base,
            Offset(9));
  EXPECT_THAT(marks_->Record(marks_->era(), Point(7), std::nullopt),
              IsOkAndHolds(true));
  EXPECT_EQ(StoredEnd(), 9);
  EXPECT_THAT(marks_->Record(marks_->era(), Point(10), std::nullopt),
              IsOkAndHolds(true));
  EXPECT_EQ(StoredEnd(), 10);
}

TEST_F(DurableMarksTest, ACompactionFromBeforeACutRecordsNothing) {
  const int64_t era = marks_->era();
  EXPECT_THAT(marks_->RecordCleanEnd(era, Offset(5)), IsOkAndHolds(true));
  ASSERT_OK(marks_->Replace(Point(3), "0\n0\n"));
  EXPECT_THAT(marks_->Raise(era, Point(9)), IsOkAndHolds(false));
  EXPECT_THAT(marks_->RecordCleanEnd(era, Offset(8)), IsOkAndHolds(false));
  EXPECT_EQ(StoredEnd(), 3);
  EXPECT_THAT(ReadOffsetFile(&files_, ".", "clean-end"),
              IsOkAndHolds(Offset(5)));
  // After the cut lower points are right again.
  EXPECT_THAT(marks_->Record(marks_->era(), Point(4), std::nullopt),
              IsOkAndHolds(true));
  EXPECT_EQ(StoredEnd(), 4);
}

TEST_F(DurableMarksTest, AShortageOfDescriptorsPutsBothOff) {
  files_.plan()->Fail(
      {support::FileAction::kOpen, "leader-epoch", 0, 1, EMFILE});
  files_.plan()->Fail(
      {support::FileAction::kOpen, "durable-point", 0, 1, EMFILE});
  EXPECT_THAT(marks_->Record(marks_->era(), Point(4), "0\n0\n"),
              IsOkAndHolds(false));
  EXPECT_EQ(StoredEnd(), 0);
  EXPECT_THAT(marks_->Record(marks_->era(), Point(5), "0\n0\n"),
              IsOkAndHolds(true));
  EXPECT_EQ(StoredEnd(), 5);
}

TEST_F(DurableMarksTest, AFailedSyncOfThePointIsAnError) {
  files_.plan()->Fail({support::FileAction::kSync, "durable-point"});
  EXPECT_THAT(marks_->Record(marks_->era(), Point(4), std::nullopt),
              HasErrorCode(ErrorCode::kStorageError));
}

}  // namespace
}  // namespace barnabas::log
