#include "storage/log/recovery.h"

#include <gtest/gtest.h>

#include "storage/log/format.h"
#include "storage/log/offset_file.h"
#include "tests/storage/log/recovery_fixture.h"

namespace barnabas::log {
namespace {

class RecoveryTest : public RecoveryFixture {
 protected:
  void ExpectAll(const PartitionLog& log) {
    ASSERT_OK_AND_ASSIGN(const auto found, ReadAll(log));
    EXPECT_EQ(found, batches_);
    for (size_t i = 0; i < batches_.size(); ++i) {
      std::string memory;
      ASSERT_OK_AND_ASSIGN(
          const ReadOutcome read,
          ReadFrom(log, batches_[i].next.Plus(-1), 1, &memory));
      EXPECT_EQ(read.bytes, batches_[i].bytes);
    }
  }
};

TEST_F(RecoveryTest, ATornTailIsCutKeptAsideAndReported) {
  Fill(25, /*close=*/false);
  const std::string path = LastSegment();
  const int64_t size = SizeOfFile(path);
  const std::string& last = batches_.back().bytes;
  const int64_t begin = size - static_cast<int64_t>(last.size());
  Resize(path, size - 10);
  ASSERT_OK_AND_ASSIGN(const auto log, Open());
  const RecoveryReport& report = log->recovery();
  EXPECT_FALSE(report.clean);
  EXPECT_EQ(report.cut_bytes, static_cast<int64_t>(last.size()) - 10);
  EXPECT_EQ(report.end, batches_.back().base);
  EXPECT_THAT(ReadSmallFile(&files_, report.cut_file),
              support::IsOkAndHolds(last.substr(0, last.size() - 10)));
  EXPECT_EQ(SizeOfFile(path), begin);
  batches_.pop_back();
  ExpectAll(*log);
  ASSERT_OK(AppendTo(log.get(), support::SimpleBatch(1, 9), 4).status());
}

// Above the point the first bad batch ends the log, whatever follows.
TEST_F(RecoveryTest, SegmentsBehindTheFirstBadBatchAreSetAside) {
  Fill(5, /*close=*/false);
  const std::vector<Offset> bases = ListLogFiles(&files_, "log")->segments;
  ASSERT_GE(bases.size(), 3);
  files_.FlipBits(FileOf(bases[1]), 70, 1);
  ASSERT_OK_AND_ASSIGN(const auto log, Open());
  EXPECT_EQ(log->facts().log_end, bases[1]);
  ASSERT_OK_AND_ASSIGN(const LogFiles left, ListLogFiles(&files_, "log"));
  EXPECT_EQ(left.segments, (std::vector{bases[0], bases[1]}));
  EXPECT_EQ(left.cuts.size(), bases.size() - 1);
}

// S5: whatever happens to the indexes, opening makes them good.
TEST_F(RecoveryTest, DamagedIndexesAreRebuilt) {
  Fill(25, /*close=*/true);
  const auto good = Everything();
  for (const auto& [name, bytes] : good) {
    if (!name.ends_with("index") || bytes.empty()) continue;
    const std::string path = "log/" + name;
    for (int damage = 0; damage < 5; ++damage) {
      switch (damage) {
        case 0:
          ASSERT_OK(files_.RemoveFile(path));
          break;
        case 1:
          Resize(path, 0);
          break;
        case 2:
          Resize(path, static_cast<int64_t>(bytes.size()) - 5);
          break;
        case 3:
          Overwrite(path, 0, std::string(bytes.size(), '\0'));
          break;
        case 4:
          // Longer than the log.
          Overwrite(path, static_cast<int64_t>(bytes.size()),
                    std::string(48, '\x3f'));
          break;
      }
      {
        ASSERT_OK_AND_ASSIGN(const auto log, Open(/*clean=*/true));
        ASSERT_NO_FATAL_FAILURE(ExpectAll(*log)) << name << " " << damage;
        EXPECT_EQ(log->recovery().cut_bytes, 0);
        ASSERT_OK(log->Close());
      }
      EXPECT_EQ(Everything().at(name), bytes) << name << " " << damage;
    }
  }
}

TEST_F(RecoveryTest, AnIndexOfTheLastSegmentIsTrustedOnlyBitForBit) {
  Fill(25, /*close=*/true, /*count=*/36);
  std::string path = LastSegment();
  path.replace(path.size() - 3, 3, "index");
  ASSERT_GT(SizeOfFile(path), 0) << path;
  files_.FlipBits(path, 3, 1);
  ASSERT_OK_AND_ASSIGN(const auto log, Open(/*clean=*/true));
  EXPECT_EQ(log->recovery().indexes_rebuilt, 1);
  ExpectAll(*log);
}

TEST_F(RecoveryTest, EpochCheckpointIsMadeAnewFromTheLog) {
  Fill(25, /*close=*/true);
  const std::string good = Everything().at("leader-epoch-checkpoint");
  for (const char* bad : {"", "nonsense", "0\n1\n0 0\n", "0\n1\n9 0\n",
                          "0\n4\n0 0\n1 20\n2 42\n3 61\n"}) {
    ASSERT_OK(ReplaceFile(&files_, "log", "leader-epoch-checkpoint", bad));
    ASSERT_OK_AND_ASSIGN(const auto log, Open(/*clean=*/true));
    EXPECT_EQ(log->EndOfEpoch(LeaderEpoch(1)),
              std::make_pair(LeaderEpoch(1), Offset(40)))
        << bad;
    EXPECT_EQ(Everything().at("leader-epoch-checkpoint"), good) << bad;
  }
}

TEST_F(RecoveryTest, WithoutADurablePointEverythingIsRead) {
  Fill(25, /*close=*/true);
  ASSERT_OK(files_.RemoveFile("log/durable-point"));
  ASSERT_OK_AND_ASSIGN(const auto log, Open());
  EXPECT_EQ(log->recovery().scanned_bytes, log->facts().size_bytes);
  ExpectAll(*log);
}

TEST_F(RecoveryTest, ProducersAreKnownAgain) {
  Fill(25, /*close=*/false);
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto log, Open());
    EXPECT_EQ(log->facts().producers, 3);
    for (size_t i = sent_.size() - 15; i < sent_.size(); ++i) {
      ASSERT_OK_AND_ASSIGN(const AppendOutcome outcome,
                           AppendTo(log.get(), sent_[i], 9));
      EXPECT_TRUE(outcome.duplicate) << i;
    }
    if (round == 0) {
      ASSERT_OK(log->Close());
    }
  }
}

TEST_F(RecoveryTest, StartBeyondTheEndBeginsAnEmptyLog) {
  Fill(25, /*close=*/true);
  ASSERT_OK(WriteOffsetFile(&files_, "log", kLogStartFileName, Offset(500)));
  ASSERT_OK_AND_ASSIGN(const auto log, Open());
  EXPECT_EQ(log->facts().log_start, Offset(500));
  EXPECT_EQ(log->facts().log_end, Offset(500));
  EXPECT_EQ(log->facts().segments, 1);
  ASSERT_OK_AND_ASSIGN(const AppendOutcome outcome,
                       AppendTo(log.get(), support::SimpleBatch(1)));
  EXPECT_EQ(outcome.base_offset, Offset(500));
}

// S6: what a failed sync left in the cache is written once more, so a sync
// that lies afterwards costs nothing.
TEST_F(RecoveryTest, UnsyncedDataIsWrittenAgainBeforeItCountsAsDurable) {
  {
    ASSERT_OK_AND_ASSIGN(const auto log, Open());
    ASSERT_OK(AppendTo(log.get(), support::SimpleBatch(2), 0).status());
    ASSERT_OK(Flush(log.get()));
    ASSERT_OK(AppendTo(log.get(), support::SimpleBatch(3), 0).status());
    files_.plan()->Fail({support::FileAction::kSync, ".log"});
    EXPECT_FALSE(Flush(log.get()).ok());
  }
  files_.plan()->Clear();
  {
    ASSERT_OK_AND_ASSIGN(const auto log, Open());
    EXPECT_EQ(log->facts().durable_end, Offset(5));
  }
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const auto after = files_.Crash(seed);
    ASSERT_OK_AND_ASSIGN(const auto log,
                         PartitionLog::Open(OptionsOn(after.get(), &clock_)));
    EXPECT_EQ(log->facts().log_end, Offset(5));
  }
}

TEST_F(RecoveryTest, FullDiskWhileCuttingChangesNothing) {
  Fill(25, /*close=*/false);
  Resize(LastSegment(), SizeOfFile(LastSegment()) - 10);
  const int64_t size = SizeOfFile(LastSegment());
  files_.plan()->Fail({support::FileAction::kWrite, ".cut", 0, 1, ENOSPC});
  EXPECT_THAT(Open(), support::HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_EQ(SizeOfFile(LastSegment()), size);
  files_.plan()->Clear();
  EXPECT_OK(Open());
}

}  // namespace
}  // namespace barnabas::log
