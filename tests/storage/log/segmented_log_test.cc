#include "storage/log/segmented_log.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FileAction;
using support::HasErrorCode;
using support::SimpleBatch;

class SegmentedLogTest : public testing::Test {
 protected:
  SegmentedLogTest() : options_(OptionsOn(&files_, &clock_)) {}

  void SetUp() override { Reopen(); }
  void Reopen() {
    log_.reset();
    ASSERT_OK_AND_ASSIGN(log_, PartitionLog::Open(options_));
  }

  void AppendMany(int count, int epoch = 0) {
    for (int i = 0; i < count; ++i) {
      ASSERT_OK(AppendTo(log_.get(), SimpleBatch(2, 1000 + i), epoch));
    }
  }

  static std::string Produced(int64_t id, int32_t sequence, int count = 1) {
    record::BatchProducer producer;
    producer.id = ProducerId(id);
    producer.epoch = ProducerEpoch(0);
    producer.base_sequence = sequence;
    return SimpleBatch(count, 1000, producer);
  }

  support::FaultFiles files_;
  support::FakeClock clock_;
  PartitionLog::Options options_;
  std::unique_ptr<PartitionLog> log_;
};

TEST_F(SegmentedLogTest, FollowerKeepsOffsetsAndRefusesGapsAndFalls) {
  const std::string first =
      support::Stored(SimpleBatch(3), Offset(0), LeaderEpoch(5));
  ASSERT_OK(FollowTo(log_.get(), first));
  for (const auto& [base, epoch] : {std::pair{4, 5}, {2, 5}, {0, 5}, {3, 4}}) {
    EXPECT_THAT(
        FollowTo(log_.get(), support::Stored(SimpleBatch(1), Offset(base),
                                             LeaderEpoch(epoch))),
        HasErrorCode(ErrorCode::kInvalidRecord))
        << base << " " << epoch;
  }
  EXPECT_EQ(log_->facts().log_end, Offset(3));
  ASSERT_OK_AND_ASSIGN(const auto batches, ReadAll(*log_));
  ASSERT_EQ(batches.size(), 1);
  EXPECT_EQ(batches[0].bytes, first);
}

TEST_F(SegmentedLogTest, LeaderOfAnOldEpochIsFenced) {
  AppendMany(1, 3);
  EXPECT_THAT(AppendTo(log_.get(), SimpleBatch(1), 2),
              HasErrorCode(ErrorCode::kFencedLeaderEpoch));
}

TEST_F(SegmentedLogTest, DuplicateAppendsNothing) {
  ASSERT_OK(AppendTo(log_.get(), Produced(1, 0, 3)).status());
  ASSERT_OK(AppendTo(log_.get(), Produced(1, 3)).status());
  const PartitionLog::Facts before = log_->facts();
  ASSERT_OK_AND_ASSIGN(const AppendOutcome outcome,
                       AppendTo(log_.get(), Produced(1, 0, 3), 8));
  EXPECT_TRUE(outcome.duplicate);
  EXPECT_EQ(outcome.base_offset, Offset(0));
  EXPECT_EQ(outcome.next_offset, Offset(3));
  EXPECT_EQ(log_->facts().log_end, before.log_end);
  EXPECT_EQ(log_->facts().last_epoch, before.last_epoch);
  EXPECT_THAT(AppendTo(log_.get(), Produced(1, 9)),
              HasErrorCode(ErrorCode::kOutOfOrderSequence));
  EXPECT_THAT(AppendTo(log_.get(), Produced(2, 9)),
              HasErrorCode(ErrorCode::kUnknownProducerId));
}

TEST_F(SegmentedLogTest, ProducersExpireByTheClock) {
  ASSERT_OK(AppendTo(log_.get(), Produced(1, 0)).status());
  clock_.Advance(
      absl::Milliseconds(options_.config.producer_expiration_ms / 2));
  ASSERT_OK(AppendTo(log_.get(), Produced(1, 1)).status());
  clock_.Advance(
      absl::Milliseconds(options_.config.producer_expiration_ms + 1));
  EXPECT_THAT(AppendTo(log_.get(), Produced(1, 2)),
              HasErrorCode(ErrorCode::kUnknownProducerId));
}

TEST_F(SegmentedLogTest, AppendTimeIsStampedAndAnswered) {
  options_.config.timestamp_type = record::TimestampType::kLogAppendTime;
  log_->SetConfig(options_.config);
  const int64_t now_ms = clock_.WallMs();
  ASSERT_OK_AND_ASSIGN(AppendOutcome outcome,
                       AppendTo(log_.get(), Produced(1, 0, 2)));
  EXPECT_EQ(outcome.append_time_ms, now_ms);
  clock_.Advance(absl::Seconds(5));
  ASSERT_OK_AND_ASSIGN(outcome, AppendTo(log_.get(), Produced(1, 0, 2)));
  EXPECT_TRUE(outcome.duplicate);
  EXPECT_EQ(outcome.append_time_ms, now_ms) << "that of the original";
  ASSERT_OK_AND_ASSIGN(const auto batches, ReadAll(*log_));
  const std::string_view slices[] = {batches[0].bytes};
  ASSERT_OK(record::CheckBatch(slices).status());
  EXPECT_EQ(support::HeaderOf(batches[0].bytes).max_timestamp_ms, now_ms);
}

TEST_F(SegmentedLogTest, OutOfRangeSaysTheRange) {
  AppendMany(20);
  ASSERT_OK(log_->AdvanceStart(Offset(7)));
  std::string memory;
  for (const int64_t from : {0, 6, 41}) {
    const absl::Status status =
        ReadFrom(*log_, Offset(from), 10, &memory).status();
    EXPECT_THAT(status, HasErrorCode(ErrorCode::kOffsetOutOfRange));
    EXPECT_EQ(OffsetRangeOf(status), (OffsetRange{Offset(7), Offset(40)}));
  }
  ASSERT_OK_AND_ASSIGN(const ReadOutcome read,
                       ReadFrom(*log_, Offset(7), 1, &memory));
  EXPECT_EQ(support::HeaderOf(read.bytes).base_offset, Offset(6));
}

// S6: a failed sync is final, what was durable stays readable.
TEST_F(SegmentedLogTest, AFailedSyncIsFinal) {
  AppendMany(5);
  ASSERT_OK(Flush(log_.get()));
  AppendMany(5);
  files_.plan()->Fail({FileAction::kSync, ".log"});
  EXPECT_FALSE(Flush(log_.get()).ok());
  EXPECT_TRUE(log_->facts().failed);
  EXPECT_EQ(log_->facts().durable_end, Offset(10));
  EXPECT_THAT(AppendTo(log_.get(), SimpleBatch(1)),
              HasErrorCode(ErrorCode::kStorageError));
  EXPECT_FALSE(Flush(log_.get()).ok()) << "though the disk works again";
  EXPECT_FALSE(log_->Close().ok());
  std::string memory;
  ASSERT_OK_AND_ASSIGN(const ReadOutcome read,
                       ReadFrom(*log_, Offset(0), 1 << 20, &memory));
  EXPECT_EQ(read.next_offset, Offset(10));
  EXPECT_THAT(ReadFrom(*log_, Offset(12), 10, &memory),
              HasErrorCode(ErrorCode::kStorageError));
}

// S7: a full disk is answered, nothing is lost, and it goes on with space.
TEST_F(SegmentedLogTest, AFullDiskPasses) {
  AppendMany(3);
  for (int round = 0; round < 40; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto before, ReadAll(*log_));
    files_.plan()->Fail(
        {FileAction::kWrite, ".log", 0, 1, round % 2 == 0 ? ENOSPC : EDQUOT});
    EXPECT_THAT(AppendTo(log_.get(), SimpleBatch(4)),
                HasErrorCode(ErrorCode::kDiskFull));
    EXPECT_FALSE(log_->facts().failed);
    EXPECT_THAT(ReadAll(*log_), support::IsOkAndHolds(before));
    files_.plan()->Clear();
    AppendMany(1);
    ASSERT_OK(Flush(log_.get()));
  }
  Reopen();
  EXPECT_EQ(log_->facts().log_end, Offset(86));
}

TEST_F(SegmentedLogTest, AFullDiskAndFewDescriptorsAtARollPass) {
  while (log_->facts().segments == 1) AppendMany(1);
  for (const char* part : {".index", ".timeindex", ".log"}) {
    for (const auto& [error, code] :
         {std::pair{ENOSPC, ErrorCode::kDiskFull},
          std::pair{EMFILE, ErrorCode::kLimitExceeded}}) {
      const int32_t segments = log_->facts().segments;
      files_.plan()->Fail(
          {FileAction::kOpen, part, 0, support::FaultPlan::kForEver, error});
      absl::Status status;
      for (int i = 0; i < 30 && status.ok(); ++i) {
        status = AppendTo(log_.get(), SimpleBatch(2)).status();
      }
      EXPECT_THAT(status, HasErrorCode(code)) << part;
      EXPECT_EQ(log_->facts().segments, segments);
      files_.plan()->Clear();
      AppendMany(1);
      EXPECT_EQ(log_->facts().segments, segments + 1);
    }
  }
  const Offset end = log_->facts().log_end;
  ASSERT_OK(log_->Close());
  Reopen();
  EXPECT_EQ(log_->facts().log_end, end);
}

TEST_F(SegmentedLogTest, AWriteThatCannotBeRolledBackFailsTheLog) {
  AppendMany(1);
  files_.plan()->Fail({FileAction::kWrite, ".log", 0, 1, ENOSPC});
  files_.plan()->Fail({FileAction::kTruncate, ".log"});
  EXPECT_THAT(AppendTo(log_.get(), SimpleBatch(1)),
              HasErrorCode(ErrorCode::kStorageError));
  EXPECT_TRUE(log_->facts().failed);
}

TEST_F(SegmentedLogTest, TruncationCutsWholeBatchesInAnySegment) {
  AppendMany(60);
  const int32_t segments = log_->facts().segments;
  ASSERT_GT(segments, 2);
  ASSERT_OK(Flush(log_.get()));
  ASSERT_OK(log_->TruncateSuffix(Offset(31)));
  EXPECT_EQ(log_->facts().log_end, Offset(30));
  EXPECT_EQ(log_->facts().durable_end, Offset(30));
  EXPECT_LT(log_->facts().segments, segments);
  AppendMany(10, 4);
  EXPECT_EQ(log_->facts().log_end, Offset(50));
  ASSERT_OK_AND_ASSIGN(const auto before, ReadAll(*log_));
  Reopen();
  EXPECT_THAT(ReadAll(*log_), support::IsOkAndHolds(before));
  EXPECT_EQ(log_->EndOfEpoch(LeaderEpoch(3)),
            std::make_pair(LeaderEpoch(0), Offset(30)));
}

TEST_F(SegmentedLogTest, TruncationForgetsTheSequencesThatItCut) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_OK(AppendTo(log_.get(), Produced(1, i)).status());
  }
  ASSERT_OK(log_->TruncateSuffix(Offset(4)));
  ASSERT_OK_AND_ASSIGN(AppendOutcome outcome,
                       AppendTo(log_.get(), Produced(1, 3)));
  EXPECT_TRUE(outcome.duplicate);
  ASSERT_OK_AND_ASSIGN(outcome, AppendTo(log_.get(), Produced(1, 4)));
  EXPECT_FALSE(outcome.duplicate);
  EXPECT_EQ(outcome.base_offset, Offset(4));
}

TEST_F(SegmentedLogTest, ARoundFromBeforeACutClaimsNothing) {
  AppendMany(10);
  const auto job = log_->StartFlush();
  ASSERT_OK(log_->TruncateSuffix(Offset(4)));
  AppendMany(20, 1);
  const absl::Status status = job->Run();
  ASSERT_OK(status);
  log_->FinishFlush(*job, status);
  EXPECT_EQ(log_->facts().durable_end, Offset(4));
  ASSERT_OK(Flush(log_.get()));
  EXPECT_EQ(log_->facts().durable_end, Offset(44));
}

TEST_F(SegmentedLogTest, AdvancingTheStartRemovesWholeSegments) {
  AppendMany(60);
  const int64_t size = log_->facts().size_bytes;
  ASSERT_OK(log_->AdvanceStart(Offset(77)));
  EXPECT_EQ(log_->facts().log_start, Offset(77));
  EXPECT_GE(log_->facts().durable_end, Offset(77));
  EXPECT_LT(log_->facts().size_bytes, size);
  ASSERT_OK(log_->AdvanceStart(Offset(5))) << "backwards is nothing";
  EXPECT_EQ(log_->facts().log_start, Offset(77));
  Reopen();
  EXPECT_EQ(log_->facts().log_start, Offset(77));
}

TEST_F(SegmentedLogTest, AdvancingToTheEndEmptiesBeyondItBeginsAnew) {
  AppendMany(60);
  ASSERT_OK(log_->AdvanceStart(Offset(120)));
  EXPECT_EQ(log_->facts().segments, 1);
  EXPECT_EQ(log_->facts().size_bytes, 0);
  AppendMany(1);
  ASSERT_OK(log_->AdvanceStart(Offset(1000)));
  const PartitionLog::Facts facts = log_->facts();
  EXPECT_EQ(facts.log_start, Offset(1000));
  EXPECT_EQ(facts.durable_end, Offset(1000));
  EXPECT_EQ(facts.log_end, Offset(1000));
  EXPECT_EQ(facts.last_epoch, kNoLeaderEpoch);
  AppendMany(3);
  ASSERT_OK_AND_ASSIGN(const auto before, ReadAll(*log_));
  Reopen();
  EXPECT_THAT(ReadAll(*log_), support::IsOkAndHolds(before));
}

TEST_F(SegmentedLogTest, TruncatingBelowTheStartIsOutOfRange) {
  AppendMany(10);
  ASSERT_OK(log_->AdvanceStart(Offset(7)));
  EXPECT_THAT(log_->TruncateSuffix(Offset(6)),
              HasErrorCode(ErrorCode::kOffsetOutOfRange));
  // The batch [6, 8) goes, and what is left of it was the start.
  ASSERT_OK(log_->TruncateSuffix(Offset(7)));
  EXPECT_EQ(log_->facts().log_start, Offset(7));
  EXPECT_EQ(log_->facts().log_end, Offset(7));
}

TEST_F(SegmentedLogTest, AnOpenSegmentIsClosedByAgeOrOnRequest) {
  options_.config.segment_ms = 1000;
  Reopen();
  LogCleaning& cleaning = log_->cleaning();
  EXPECT_EQ(cleaning.RollActive(RollWhen::kAlways).value(), Offset(0));
  EXPECT_EQ(log_->facts().segments, 1);
  AppendMany(2);
  clock_.Advance(absl::Milliseconds(1000));
  EXPECT_EQ(cleaning.RollActive(RollWhen::kIfAged).value(), Offset(0));
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(cleaning.RollActive(RollWhen::kIfAged).value(), Offset(4));
  AppendMany(1);
  EXPECT_EQ(cleaning.RollActive(RollWhen::kAlways).value(), Offset(6));
  EXPECT_EQ(log_->facts().segments, 3);
  Reopen();
  EXPECT_EQ(log_->facts().log_end, Offset(6));
}

TEST_F(SegmentedLogTest, FilesOfWhatWentStayForAWhile) {
  options_.config.file_delete_delay_ms = 50;
  Reopen();
  AppendMany(60);
  ASSERT_OK(log_->AdvanceStart(Offset(100)));
  EXPECT_TRUE(files_.Exists("log/00000000000000000000.log.deleted"));
  EXPECT_FALSE(files_.Exists("log/00000000000000000000.log"));
  EXPECT_EQ(log_->cleaning().TakeDeleted(), nullptr);
  clock_.Advance(absl::Milliseconds(50));
  log_->cleaning().TakeDeleted()();
  EXPECT_FALSE(files_.Exists("log/00000000000000000000.log.deleted"));
  EXPECT_EQ(log_->facts().log_start, Offset(100));
}

TEST_F(SegmentedLogTest, AppendingSyncsNothing) {
  AppendMany(1);
  const int64_t syncs = files_.plan()->CountOf(FileAction::kSync) +
                        files_.plan()->CountOf(FileAction::kSyncDirectory);
  AppendMany(60);
  ASSERT_GT(log_->facts().segments, 2);
  EXPECT_EQ(files_.plan()->CountOf(FileAction::kSync) +
                files_.plan()->CountOf(FileAction::kSyncDirectory),
            syncs);
}

TEST_F(SegmentedLogTest, OneWritePerBatch) {
  options_.config = LogConfig();
  options_.directory = "large";
  Reopen();
  AppendMany(1);
  const int64_t writes = files_.plan()->CountOf(FileAction::kWrite);
  AppendMany(30);
  EXPECT_EQ(files_.plan()->CountOf(FileAction::kWrite), writes + 30);
}

}  // namespace
}  // namespace barnabas::log
