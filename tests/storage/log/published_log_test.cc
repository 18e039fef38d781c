#include "storage/log/published_log.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;

class PublishedLogTest : public testing::Test {
 protected:
  void SetUp() override {
    recovered_.log_start = Offset(3);
    recovered_.segments = {CreateSegment(&files_, ".", Offset(3), 0).value()};
    log_ = std::make_unique<PublishedLog>("dir", recovered_);
  }
  bool Append(int count, int32_t epoch) {
    const std::string batch = support::Stored(
        support::SimpleBatch(count), log_->facts().log_end, LeaderEpoch(epoch));
    return log_->Append(support::HeaderOf(batch), {100, 2});
  }

  support::FaultFiles files_;
  RecoveredLog recovered_;
  std::unique_ptr<PublishedLog> log_;
};

TEST_F(PublishedLogTest, AppendsMoveTheEndAndBeginEpochs) {
  EXPECT_TRUE(Append(2, 0));
  EXPECT_FALSE(Append(3, 0));
  EXPECT_TRUE(Append(1, 4));
  const PublishedLog::Facts facts = log_->facts();
  EXPECT_EQ(facts.log_start, Offset(3));
  EXPECT_EQ(facts.log_end, Offset(9));
  EXPECT_EQ(facts.durable_end, Offset(3));
  EXPECT_EQ(facts.last_epoch, LeaderEpoch(4));
  EXPECT_EQ(facts.unsynced_bytes, 100);
  EXPECT_EQ(facts.producers, 2);
  EXPECT_EQ(log_->EndOfEpoch(LeaderEpoch(0)),
            std::make_pair(LeaderEpoch(0), Offset(8)));
}

TEST_F(PublishedLogTest, ReadersSeeTheEraAndTheRange) {
  Append(5, 0);
  ASSERT_OK_AND_ASSIGN(auto snapshot, log_->SnapshotFor(Offset(4)));
  EXPECT_EQ(snapshot.start, Offset(3));
  EXPECT_EQ(snapshot.end, Offset(8));
  EXPECT_EQ(snapshot.era, 0);
  log_->EndEra();
  ASSERT_OK_AND_ASSIGN(snapshot, log_->SnapshotFor(Offset(8)));
  EXPECT_EQ(snapshot.era, 1);
  EXPECT_THAT(log_->SnapshotFor(Offset(2)),
              HasErrorCode(ErrorCode::kOffsetOutOfRange));
  EXPECT_THAT(log_->SnapshotFor(Offset(9)),
              HasErrorCode(ErrorCode::kOffsetOutOfRange));
}

TEST_F(PublishedLogTest, AFailedLogIsReadableAsFarAsItIsDurable) {
  Append(5, 0);
  log_->SetDurable(Offset(6), 10);
  log_->SetFailed();
  ASSERT_OK_AND_ASSIGN(const auto snapshot, log_->SnapshotFor(Offset(4)));
  EXPECT_EQ(snapshot.end, Offset(6));
  EXPECT_THAT(log_->SnapshotFor(Offset(7)),
              HasErrorCode(ErrorCode::kStorageError));
}

TEST_F(PublishedLogTest, ACutKeepsTheDurableEndInside) {
  Append(5, 0);
  Append(5, 1);
  log_->SetDurable(Offset(13), 0);
  EXPECT_TRUE(log_->CutEpochs(Offset(4), Offset(8)));
  EXPECT_FALSE(log_->CutEpochs(Offset(4), Offset(8)));
  log_->Publish(log_->segments(), Offset(4), Offset(8), {});
  EXPECT_EQ(log_->facts().durable_end, Offset(8));
  EXPECT_EQ(log_->facts().last_epoch, LeaderEpoch(0));
  log_->SetEpochs(EpochHistory());
  EXPECT_TRUE(log_->epochs().entries().empty());
}

}  // namespace
}  // namespace barnabas::log
