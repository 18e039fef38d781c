#include "storage/log/flush_ledger.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

class FlushLedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(DurablePointFile::Create(&files_, ".", At(0)));
    marks_ = std::make_shared<DurableMarks>(&files_, ".", 0);
    ledger_.emplace(&files_, ".", marks_, At(0));
    ASSERT_OK_AND_ASSIGN(active_, files_.Open("a", env::OpenMode::kCreate));
  }

  static DurablePoint At(int64_t end) {
    DurablePoint point;
    point.end = Offset(end);
    return point;
  }
  std::unique_ptr<FlushRound> Start(int64_t end) {
    return ledger_->Start(At(end), active_, EpochHistory());
  }

  support::FaultFiles files_;
  std::shared_ptr<DurableMarks> marks_;
  std::shared_ptr<env::File> active_;
  std::optional<FlushLedger> ledger_;
};

TEST_F(FlushLedgerTest, ARoundTakesWhatWasAppendedBeforeIt) {
  ledger_->NoteAppended(100);
  const auto round = Start(5);
  EXPECT_TRUE(ledger_->in_flight());
  ledger_->NoteAppended(30);
  ASSERT_OK(round->Run());
  EXPECT_EQ(ledger_->point().end, Offset(0));
  ledger_->Finish(*round);
  EXPECT_FALSE(ledger_->in_flight());
  EXPECT_EQ(ledger_->point().end, Offset(5));
  EXPECT_EQ(ledger_->unsynced_bytes(), 30);
}

TEST_F(FlushLedgerTest, TheNextRoundBringsThePointOfTheOneBefore) {
  for (const int64_t end : {5, 9}) {
    const auto round = Start(end);
    ASSERT_OK(round->Run());
    ledger_->Finish(*round);
  }
  EXPECT_EQ(DurablePointFile::Read(&files_, ".").value()->end, Offset(5));
}

TEST_F(FlushLedgerTest, ARoundFromBeforeACutMovesNothing) {
  const auto round = Start(50);
  ASSERT_OK(marks_->Replace(At(3), "0\n0\n"));
  ASSERT_OK(ledger_->SyncAll(At(3), active_.get()));
  ASSERT_OK(round->Run());
  ledger_->Finish(*round);
  EXPECT_EQ(ledger_->point().end, Offset(3));
}

TEST_F(FlushLedgerTest, SyncAllDoesTheWorkOfTheRoundThatIsOut) {
  ASSERT_OK_AND_ASSIGN(std::shared_ptr<env::File> sealed,
                       files_.Open("sealed", env::OpenMode::kCreate));
  ledger_->AddDirty({sealed});
  const auto round = Start(5);
  files_.plan()->Fail({support::FileAction::kSync, "sealed"});
  EXPECT_FALSE(ledger_->SyncAll(At(8), active_.get()).ok());
  EXPECT_EQ(ledger_->point().end, Offset(0));
}

TEST_F(FlushLedgerTest, SlowRoundDoesNotTakeThePointBack) {
  const auto round = Start(5);
  ASSERT_OK(ledger_->SyncAll(At(8), active_.get()));
  ASSERT_OK(round->Run());
  ledger_->Finish(*round);
  EXPECT_EQ(ledger_->point().end, Offset(8));
}

TEST_F(FlushLedgerTest, EpochsGoAgainUntilTheyAreRecorded) {
  ledger_->NoteEpochsChanged();
  files_.plan()->Fail(
      {support::FileAction::kWrite, "leader-epoch", 0, 1, ENOSPC});
  const auto failed = Start(5);
  ASSERT_OK(failed->Run());
  ledger_->Finish(*failed);
  EXPECT_FALSE(files_.Exists("leader-epoch-checkpoint"));
  const auto good = Start(6);
  ASSERT_OK(good->Run());
  ledger_->Finish(*good);
  EXPECT_TRUE(files_.Exists("leader-epoch-checkpoint"));
  EXPECT_FALSE(Start(7)->work().epochs.has_value());
}

}  // namespace
}  // namespace barnabas::log
