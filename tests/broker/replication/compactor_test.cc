#include "broker/replication/compactor.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/replication/replication_metrics.h"
#include "proto/types/error.h"
#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::broker {
namespace {

using support::HasErrorCode;

class NoAnswers : public ProduceSink {
 public:
  void Answer(uint64_t,
              const absl::StatusOr<ProduceReceipt>& receipt) override {
    EXPECT_OK(receipt);
  }
  void AnswersEnd() override {}
};

// Two partitions of a compacted topic, a compactor that looks every second.
class CompactorTest : public testing::Test {
 protected:
  CompactorTest()
      : scheduler_(7),
        loop_(&scheduler_),
        workers_(&scheduler_),
        metrics_(&registry_) {
    settings_.log.segment_bytes = 1000;
    settings_.log.compaction.enabled = true;
    for (int32_t i = 0; i < 2; ++i) Make(i);
    compactor_ = std::make_unique<Compactor>(Compactor::Deps{
        .partitions = [this] { return partitions_; },
        .control = &loop_,
        .worker = &workers_,
        .registry = &registry_,
        .settings =
            [this] {
              return CompactorSettings{1000, 1 << 20, bytes_per_second_};
            }});
  }

  void Make(int32_t i) {
    const std::string directory = absl::StrCat("/log-", i);
    EXPECT_OK(files_.CreateDirectory(directory));
    auto partition = std::make_shared<Partition>(
        Partition::Deps{
            .loop = &loop_, .workers = &workers_, .metrics = &metrics_},
        TopicPartition{Uuid::FromRandom(1, 2), PartitionIndex(i)}, "t",
        settings_);
    Leadership leadership;
    leadership.leading = true;
    leadership.epoch = LeaderEpoch(1);
    leadership.in_sync = 1;
    partition->Lead(leadership);
    partition->Open(log::PartitionLog::Open({.files = &files_,
                                             .clock = scheduler_.clock(),
                                             .directory = directory,
                                             .config = settings_.log}));
    scheduler_.RunReady();
    partitions_.push_back(std::move(partition));
  }

  // Records of few keys.
  void Fill(size_t partition, int batches) {
    for (int i = 0; i < batches; ++i) {
      auto bytes = std::make_shared<std::string>(support::BatchOf(
          {{loop_.clock().WallMs(), absl::StrCat("k", i % 3), "value", {}}}));
      ProducedBatch batch;
      batch.sink = std::make_shared<NoAnswers>();
      batch.header = support::HeaderOf(*bytes);
      batch.slices = {*bytes};
      batch.keeper = bytes;
      partitions_[partition]->Produce(std::move(batch));
    }
    scheduler_.RunReady();
  }
  int64_t SizeOf(size_t partition) {
    return partitions_[partition]->Serve(std::nullopt)->size_bytes;
  }
  std::optional<CompactionResult> CompactNow(size_t partition) {
    std::optional<CompactionResult> result;
    compactor_->CompactNow(
        partitions_[partition],
        [&result](CompactionResult told) { result = std::move(told); });
    scheduler_.RunFor(absl::Seconds(60));
    return result;
  }

  support::FaultFiles files_;
  support::SimScheduler scheduler_;
  support::SimEventLoop loop_;
  support::SimWorkerPool workers_;
  env::Registry registry_;
  ReplicationMetrics metrics_;
  PartitionSettings settings_;
  int64_t bytes_per_second_ = 1 << 30;
  std::vector<std::shared_ptr<Partition>> partitions_;
  std::unique_ptr<Compactor> compactor_;
};

TEST_F(CompactorTest, WhatIsAskedForIsCompactedWhole) {
  Fill(0, 50);
  const std::optional<CompactionResult> result = CompactNow(0);
  ASSERT_TRUE(result.has_value());
  ASSERT_OK(result->status);
  EXPECT_EQ(result->report.counts.records_kept, 3);
  EXPECT_EQ(result->report.counts.records_removed, 47);
  EXPECT_EQ(result->report.clean_end, Offset(50));
  EXPECT_GT(result->report.range.dirty_bytes, 0);
  EXPECT_EQ(result->dirty_bytes_after, 0);
  EXPECT_EQ(partitions_[0]->Serve(std::nullopt)->log_end, Offset(50));
}

TEST_F(CompactorTest, AnEmptyLogIsDoneAtOnce) {
  const std::optional<CompactionResult> result = CompactNow(1);
  ASSERT_TRUE(result.has_value());
  EXPECT_OK(result->status);
  EXPECT_EQ(result->passes, 0);
}

TEST_F(CompactorTest, LookingAroundItFindsWhatIsDue) {
  Fill(0, 50);
  Fill(1, 12);
  const int64_t before = SizeOf(0);
  compactor_->Start();
  scheduler_.RunFor(absl::Seconds(10));
  EXPECT_LT(SizeOf(0), before / 2);
  // Below its ratio nothing happens.
  const int64_t after = SizeOf(0);
  Fill(0, 1);
  scheduler_.RunFor(absl::Seconds(10));
  EXPECT_GT(SizeOf(0), after);
  EXPECT_NE(registry_.Render().find(
                "barnabas_storage_compactions_total{result=\"done\"}"),
            std::string::npos);
}

TEST_F(CompactorTest, DamageIsPassedOverUntilSomebodyAsks) {
  Fill(0, 50);
  files_.FlipBits("/log-0/00000000000000000000.log", 70, 1);
  compactor_->Start();
  scheduler_.RunFor(absl::Seconds(30));
  const std::string metrics = registry_.Render();
  EXPECT_NE(metrics.find("result=\"failed\"} 1\n"), std::string::npos)
      << metrics;
  EXPECT_NE(metrics.find("barnabas_storage_uncompactable_partitions 1"),
            std::string::npos);
  std::optional<CompactionResult> result = CompactNow(0);
  ASSERT_TRUE(result.has_value());
  EXPECT_THAT(result->status, HasErrorCode(ErrorCode::kCorruptRecord));
  files_.FlipBits("/log-0/00000000000000000000.log", 70, 1);
  result = CompactNow(0);
  ASSERT_TRUE(result.has_value());
  EXPECT_OK(result->status);
  EXPECT_NE(
      registry_.Render().find("barnabas_storage_uncompactable_partitions 0"),
      std::string::npos);
}

TEST_F(CompactorTest, ItTakesItsTime) {
  Fill(0, 100);
  bytes_per_second_ = SizeOf(0);
  const std::optional<CompactionResult> result = CompactNow(0);
  ASSERT_TRUE(result.has_value());
  ASSERT_OK(result->status);
  // Read to learn and read to rewrite: two seconds' worth, but what one run
  // does at once.
  EXPECT_GE(result->took, absl::Seconds(1));
  EXPECT_EQ(result->report.bytes_read, 2 * bytes_per_second_);
}

TEST_F(CompactorTest, AClosedPartitionEndsItsRun) {
  Fill(0, 100);
  bytes_per_second_ = 100;
  std::optional<CompactionResult> result;
  compactor_->CompactNow(partitions_[0], [&result](CompactionResult told) {
    result = std::move(told);
  });
  scheduler_.RunFor(absl::Milliseconds(500));
  ASSERT_FALSE(result.has_value());
  bool closed = false;
  partitions_[0]->Close(MakeError(ErrorCode::kUnknownTopic, "deleted"),
                        [&closed] { closed = true; });
  scheduler_.RunFor(absl::Seconds(600));
  EXPECT_TRUE(closed);
  ASSERT_TRUE(result.has_value());
  EXPECT_THAT(result->status, HasErrorCode(ErrorCode::kUnknownTopic));
}

}  // namespace
}  // namespace barnabas::broker
