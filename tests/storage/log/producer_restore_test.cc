#include "storage/log/producer_restore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

class ProducerRestoreTest : public testing::Test {
 protected:
  // Twelve batches of two records by three producers in two segments.
  void SetUp() override {
    for (int i = 0; i < 12; ++i) {
      if (i % 6 == 0) {
        ASSERT_OK_AND_ASSIGN(auto segment,
                             CreateSegment(&files_, ".", Offset(i * 2), 0));
        segments_.push_back(std::move(segment));
      }
      record::BatchProducer producer;
      producer.id = ProducerId(i % 3);
      producer.epoch = ProducerEpoch(0);
      producer.base_sequence = i / 3 * 2;
      const std::string batch =
          support::Stored(support::SimpleBatch(2, 1000, producer),
                          Offset(i * 2), LeaderEpoch(0));
      const std::string_view parts[] = {batch};
      ASSERT_OK(
          segments_.back()->Append(support::HeaderOf(batch), parts, 100, 4096));
      live_.Note(support::HeaderOf(batch), 0);
      if (i == 7) {
        ASSERT_OK(WriteSnapshot(&files_, ".", Offset(16), live_).status());
      }
    }
  }

  std::vector<ProducerEntry> Restored(std::vector<Offset> snapshots,
                                      int64_t trusted) {
    absl::StatusOr<RestoredProducers> restored = RestoreProducers(
        ProducerSource{&files_, ".", std::move(snapshots), Offset(trusted)},
        segments_, 0);
    EXPECT_OK(restored.status());
    if (!restored.ok()) return {};
    passed_over_ = restored->passed_over;
    return restored->window.Entries();
  }

  support::FaultFiles files_;
  SegmentList segments_;
  ProducerWindow live_;
  std::vector<Offset> passed_over_;
};

// I5: the same window from the log alone and from a snapshot and the rest.
TEST_F(ProducerRestoreTest, EqualsTheLiveWindowAnyWay) {
  EXPECT_EQ(Restored({}, 24), live_.Entries());
  EXPECT_EQ(Restored({Offset(16)}, 24), live_.Entries());
  EXPECT_EQ(Restored({Offset(16)}, 10), live_.Entries()) << "not trusted";
  EXPECT_EQ(Restored({Offset(16), Offset(99)}, 24), live_.Entries());
  EXPECT_THAT(passed_over_, testing::ElementsAre(Offset(99)));
}

TEST_F(ProducerRestoreTest, ADamagedSnapshotIsPassedOver) {
  files_.FlipBits("00000000000000000016.snapshot", 20, 1);
  EXPECT_EQ(Restored({Offset(16)}, 24), live_.Entries());
  EXPECT_EQ(Restored({Offset(3), Offset(16)}, 24), live_.Entries());
  EXPECT_THAT(passed_over_, testing::ElementsAre(Offset(16), Offset(3)));
}

TEST_F(ProducerRestoreTest, OnlyBatchesBehindTheSnapshotAreReplayed) {
  // A snapshot that forgot everything shows what is added to it.
  ASSERT_OK(WriteSnapshot(&files_, ".", Offset(20), ProducerWindow()).status());
  EXPECT_EQ(Restored({Offset(20)}, 24).size(), 2);
}

}  // namespace
}  // namespace barnabas::log
