#include "storage/log/flush_round.h"

#include <gtest/gtest.h>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FileAction;
using support::HasErrorCode;

class FlushRoundTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(DurablePointFile::Create(&files_, ".", DurablePoint{}));
    work_.marks = std::make_shared<DurableMarks>(&files_, ".", 0);
    ASSERT_OK_AND_ASSIGN(work_.dirty.emplace_back(),
                         files_.Open("a", env::OpenMode::kCreate));
    work_.files = &files_;
    work_.directory = ".";
    work_.point.end = Offset(9);
    DurablePoint before;
    before.end = Offset(4);
    work_.before = before;
  }

  support::FaultFiles files_;
  FlushRound::Work work_;
};

TEST_F(FlushRoundTest, SyncsFilesAndRecordsThePointOfTheRoundBefore) {
  FlushRound round(work_);
  EXPECT_EQ(round.end(), Offset(9));
  const int64_t names = files_.plan()->CountOf(FileAction::kSyncDirectory);
  ASSERT_OK(round.Run());
  EXPECT_EQ(files_.plan()->CountOf(FileAction::kSyncDirectory), names);
  EXPECT_EQ(DurablePointFile::Read(&files_, ".").value()->end, Offset(4));
}

TEST_F(FlushRoundTest, NewNamesAreMadeDurable) {
  work_.names_changed = true;
  FlushRound round(work_);
  const int64_t names = files_.plan()->CountOf(FileAction::kSyncDirectory);
  ASSERT_OK(round.Run());
  EXPECT_EQ(files_.plan()->CountOf(FileAction::kSyncDirectory), names + 1);
}

TEST_F(FlushRoundTest, EpochsAreRecordedAlong) {
  work_.epochs = "0\n0\n";
  FlushRound round(work_);
  ASSERT_OK(round.Run());
  EXPECT_TRUE(round.epochs_recorded());
  EXPECT_TRUE(files_.Exists("leader-epoch-checkpoint"));
}

TEST_F(FlushRoundTest, AnySyncThatFailsFailsTheRound) {
  work_.names_changed = true;
  const struct {
    FileAction action;
    const char* part;
  } faults[] = {{FileAction::kSync, "a"},
                {FileAction::kSync, "durable-point"},
                {FileAction::kSyncDirectory, "."}};
  for (const auto& fault : faults) {
    files_.plan()->Clear();
    files_.plan()->Fail({fault.action, fault.part});
    EXPECT_THAT(FlushRound(work_).Run(), HasErrorCode(ErrorCode::kStorageError))
        << fault.part;
  }
}

TEST_F(FlushRoundTest, RefusedFlushSaysWhy) {
  RefusedFlush refused(MakeError(ErrorCode::kStorageError, "gone"), Offset(3));
  EXPECT_THAT(refused.Run(), HasErrorCode(ErrorCode::kStorageError));
  EXPECT_EQ(refused.end(), Offset(3));
}

}  // namespace
}  // namespace barnabas::log
