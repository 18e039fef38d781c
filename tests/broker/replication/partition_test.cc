#include "broker/replication/partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "proto/types/error.h"
#include "storage/env/metrics.h"
#include "storage/record/batch_reader.h"
#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::broker {
namespace {

using support::HasErrorCode;

// Keeps the answers by ticket.
class Answers : public ProduceSink {
 public:
  void Answer(uint64_t ticket,
              const absl::StatusOr<ProduceReceipt>& receipt) override {
    EXPECT_TRUE(by_ticket.emplace(ticket, receipt).second)
        << "answered twice: " << ticket;
  }
  void AnswersEnd() override { ++ends; }

  std::map<uint64_t, absl::StatusOr<ProduceReceipt>> by_ticket;
  int ends = 0;
};

class PartitionTest : public testing::Test {
 protected:
  PartitionTest()
      : scheduler_(7),
        loop_(&scheduler_),
        workers_(&scheduler_),
        metrics_(&registry_),
        answers_(std::make_shared<Answers>()) {
    EXPECT_OK(files_.CreateDirectory("/log"));
    Make({});
  }

  void Make(const PartitionSettings& settings) {
    partition_ = std::make_shared<Partition>(
        Partition::Deps{.loop = &loop_,
                        .workers = &workers_,
                        .metrics = &metrics_,
                        .disk = &disk_},
        TopicPartition{Uuid::FromRandom(1, 2), PartitionIndex(0)}, "t",
        settings);
  }

  void Open(bool leading = true) {
    Leadership leadership;
    leadership.leading = leading;
    leadership.epoch = LeaderEpoch(3);
    leadership.in_sync = 1;
    leadership.leader.broker = BrokerId(leading ? 100 : 101);
    leadership.leader.endpoint = "other:9292";
    partition_->Lead(leadership);
    partition_->Open(
        log::PartitionLog::Open({.files = &files_,
                                 .clock = scheduler_.clock(),
                                 .directory = "/log",
                                 .config = partition_->settings().log}));
    scheduler_.RunReady();
  }

  void Produce(uint64_t ticket, v1::Acks acks = v1::ACKS_ALL) {
    auto bytes = std::make_shared<std::string>(
        support::SimpleBatch(5, loop_.clock().WallMs()));
    ProducedBatch batch;
    batch.sink = answers_;
    batch.ticket = ticket;
    batch.acks = acks;
    batch.header = support::HeaderOf(*bytes);
    batch.slices = {*bytes};
    batch.keeper = bytes;
    partition_->Produce(std::move(batch));
  }

  void ProduceStructured(uint64_t ticket) {
    ProducedBatch batch;
    batch.sink = answers_;
    batch.ticket = ticket;
    batch.records = std::make_unique<v1::RecordBatch>();
    batch.records->add_records()->set_value("v");
    partition_->Produce(std::move(batch));
  }

  bool Answered(uint64_t ticket) const {
    return answers_->by_ticket.contains(ticket);
  }
  const absl::StatusOr<ProduceReceipt>& AnswerTo(uint64_t ticket) const {
    return answers_->by_ticket.at(ticket);
  }

  support::FaultFiles files_;
  support::SimScheduler scheduler_;
  support::SimEventLoop loop_;
  support::SimWorkerPool workers_;
  env::Registry registry_;
  ReplicationMetrics metrics_;
  DiskGuard disk_;
  std::shared_ptr<Answers> answers_;
  std::shared_ptr<Partition> partition_;
};

TEST_F(PartitionTest, TheTimeToEachAnswerIsRecordedByAcks) {
  Open();
  Produce(1, v1::ACKS_LEADER);
  Produce(2);
  Produce(3, v1::ACKS_NONE);
  const auto recorded = [this](v1::Acks acks) {
    return metrics_.ProduceLatency(acks)->Snapshot().count();
  };
  EXPECT_EQ(recorded(v1::ACKS_LEADER), 0u);
  EXPECT_EQ(recorded(v1::ACKS_NONE), 1u);
  scheduler_.RunReady();
  EXPECT_EQ(recorded(v1::ACKS_LEADER), 1u);
  EXPECT_EQ(recorded(v1::ACKS_ALL), 1u);
}

TEST_F(PartitionTest, DiskAcknowledgesOnlyAfterTheSync) {
  Open();
  Produce(1);
  EXPECT_FALSE(Answered(1));
  EXPECT_EQ(partition_->Serve(std::nullopt)->high_watermark, Offset(0));
  scheduler_.RunReady();
  ASSERT_TRUE(Answered(1));
  ASSERT_OK(AnswerTo(1));
  EXPECT_EQ(AnswerTo(1)->base_offset, Offset(0));
  EXPECT_EQ(AnswerTo(1)->end_offset, Offset(5));
  EXPECT_EQ(AnswerTo(1)->leader_epoch, LeaderEpoch(3));
  EXPECT_EQ(AnswerTo(1)->durability, v1::DURABILITY_REPLICAS_DISK);
  EXPECT_EQ(partition_->Serve(std::nullopt)->high_watermark, Offset(5));
}

TEST_F(PartitionTest, OsAcknowledgesAtOnceAndSyncsLater) {
  PartitionSettings settings;
  settings.log.flush = log::FlushPolicy::kOs;
  Make(settings);
  Open();
  Produce(1, v1::ACKS_LEADER);
  ASSERT_TRUE(Answered(1));
  EXPECT_EQ(AnswerTo(1)->durability, v1::DURABILITY_LEADER_MEMORY);
  EXPECT_EQ(partition_->Serve(std::nullopt)->durable_end, Offset(0));
  scheduler_.RunFor(absl::Seconds(2));
  EXPECT_EQ(partition_->Serve(std::nullopt)->durable_end, Offset(5));
}

TEST_F(PartitionTest, NoneIsAnsweredWithoutDurability) {
  Open();
  Produce(1, v1::ACKS_NONE);
  ASSERT_TRUE(Answered(1));
  EXPECT_EQ(AnswerTo(1)->durability, v1::DURABILITY_UNSPECIFIED);
}

TEST_F(PartitionTest, NothingAboveTheHighWatermarkIsRead) {
  Open();
  Produce(1);
  std::string buffer;
  const auto read = [&](Offset from) {
    log::ReadCursor cursor{.next = from};
    return partition_->Read(from, 1 << 20, &cursor, [&](size_t size) {
      buffer.resize(size);
      return buffer.data();
    });
  };
  ASSERT_OK(read(Offset(0)));
  EXPECT_TRUE(read(Offset(0))->bytes.empty());
  scheduler_.RunReady();
  const auto after = read(Offset(0));
  ASSERT_OK(after);
  EXPECT_EQ(after->next_offset, Offset(5));
  EXPECT_THAT(read(Offset(6)), HasErrorCode(ErrorCode::kOffsetOutOfRange));
}

TEST_F(PartitionTest, SmallStructuredBatchesAreStoredAsOne) {
  Open();
  for (uint64_t i = 1; i <= 3; ++i) ProduceStructured(i);
  scheduler_.RunReady();
  for (uint64_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(Answered(i));
    EXPECT_EQ(AnswerTo(i)->base_offset, Offset(static_cast<int64_t>(i) - 1));
  }
  std::string buffer;
  const auto read =
      partition_->Read(Offset(0), 1 << 20, nullptr, [&](size_t size) {
        buffer.resize(size);
        return buffer.data();
      });
  ASSERT_OK(read);
  record::BatchReader batches(read->bytes);
  EXPECT_EQ((*batches.Next())->header.record_count, 3);
  EXPECT_FALSE((*batches.Next()).has_value());
}

TEST_F(PartitionTest, AnEncodedBatchDoesNotOvertakeGatheredOnes) {
  Open();
  ProduceStructured(1);
  Produce(2);
  scheduler_.RunReady();
  EXPECT_EQ(AnswerTo(1)->base_offset, Offset(0));
  EXPECT_EQ(AnswerTo(2)->base_offset, Offset(1));
}

TEST_F(PartitionTest, WhoDoesNotLeadNamesTheLeader) {
  Open(/*leading=*/false);
  Produce(1);
  ASSERT_TRUE(Answered(1));
  EXPECT_THAT(AnswerTo(1), HasErrorCode(ErrorCode::kNotLeader));
  EXPECT_EQ(LeaderOf(AnswerTo(1).status())->endpoint, "other:9292");
}

TEST_F(PartitionTest, WhereNobodyLeadsItSaysWhomItWaitsFor) {
  Open();
  Leadership none;
  none.leader.broker = kNoBroker;
  none.awaited = {BrokerId(102)};
  partition_->Lead(none);
  Produce(1);
  ASSERT_TRUE(Answered(1));
  EXPECT_THAT(AnswerTo(1), HasErrorCode(ErrorCode::kLeaderNotAvailable));
  EXPECT_THAT(std::string(AnswerTo(1).status().message()),
              testing::HasSubstr("broker 102, alone in sync, is down"));
  EXPECT_EQ(HintOf(AnswerTo(1).status()),
            "start broker 102 with its data directory");
}

TEST_F(PartitionTest, RecordsThatOnlyTheLeaderHasAreSaidToBeThereAlone) {
  Open();
  Leadership alone;
  alone.leading = true;
  alone.epoch = LeaderEpoch(3);
  alone.in_sync = 1;
  alone.replicas = 3;
  partition_->Lead(alone);
  Produce(1);
  scheduler_.RunReady();
  ASSERT_TRUE(Answered(1));
  ASSERT_OK(AnswerTo(1));
  EXPECT_EQ(AnswerTo(1)->durability, v1::DURABILITY_LEADER_DISK);
}

TEST_F(PartitionTest, ReadersAreWokenOnceByTheHighWatermark) {
  Open();
  int woken = 0;
  ASSERT_OK(
      partition_->readers()->Await(1, Offset(0), [&woken](bool) { ++woken; }));
  ASSERT_OK(
      partition_->readers()->Await(2, Offset(0), [&woken](bool) { ++woken; }));
  partition_->readers()->Cancel(2);
  Produce(1);
  EXPECT_EQ(woken, 0);
  scheduler_.RunReady();
  EXPECT_EQ(woken, 1);
  Produce(2);
  scheduler_.RunReady();
  EXPECT_EQ(woken, 1);
}

TEST_F(PartitionTest, MinInsyncReplicasAreAskedForByAllOnly) {
  PartitionSettings settings;
  settings.min_insync_replicas = 2;
  Make(settings);
  Open();
  Produce(1, v1::ACKS_ALL);
  EXPECT_THAT(AnswerTo(1), HasErrorCode(ErrorCode::kNotEnoughReplicas));
  Produce(2, v1::ACKS_LEADER);
  scheduler_.RunReady();
  EXPECT_OK(AnswerTo(2));
}

TEST_F(PartitionTest, ANearlyFullDiskRefusesProduceAndLetsReadsGoOn) {
  constexpr DiskGuard::Limits kReserve = {.reserve_bytes = 100,
                                          .reserve_percent = 10};
  Open();
  disk_.Measured({.total_bytes = 1000, .free_bytes = 101}, kReserve);
  // The one that uses the last of it still fits.
  Produce(1);
  Produce(2);
  ProduceStructured(3);
  scheduler_.RunReady();
  EXPECT_OK(AnswerTo(1));
  EXPECT_THAT(AnswerTo(2), HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_THAT(AnswerTo(3), HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_TRUE(RetryAfterOf(AnswerTo(2).status()).has_value());
  std::string buffer;
  const auto read =
      partition_->Read(Offset(0), 1 << 20, nullptr, [&](size_t n) {
        buffer.resize(n);
        return buffer.data();
      });
  ASSERT_OK(read);
  EXPECT_EQ(read->next_offset, Offset(5));
  disk_.Measured({.total_bytes = 1000, .free_bytes = 500}, kReserve);
  Produce(4);
  scheduler_.RunReady();
  ASSERT_OK(AnswerTo(4));
  EXPECT_EQ(AnswerTo(4)->base_offset, Offset(5)) << "nothing is missing";
}

TEST_F(PartitionTest, WorkOnTheLogIsForLeadersOnly) {
  const auto advance = [](const PartitionSettings&, Offset high_watermark,
                          log::PartitionLog* log) {
    return log->AdvanceStart(high_watermark);
  };
  EXPECT_THAT(partition_->RunOnLog(advance),
              HasErrorCode(ErrorCode::kBrokerNotAvailable));
  Open();
  Produce(1);
  scheduler_.RunReady();
  ASSERT_OK(partition_->RunOnLog(advance));
  EXPECT_EQ(partition_->Serve(std::nullopt)->log_start, Offset(5));
  Leadership elsewhere;
  elsewhere.leader.broker = BrokerId(101);
  partition_->Lead(elsewhere);
  EXPECT_THAT(partition_->RunOnLog(advance),
              HasErrorCode(ErrorCode::kNotLeader));
  EXPECT_OK(partition_->Log()) << "the log is open, whoever leads";
}

TEST_F(PartitionTest, ClosingAcknowledgesWhatWasAccepted) {
  Open();
  Produce(1);
  bool closed = false;
  partition_->Close(MakeError(ErrorCode::kShuttingDown, "stopping"),
                    [&closed] { closed = true; });
  Produce(2);
  scheduler_.RunReady();
  EXPECT_TRUE(closed);
  EXPECT_OK(AnswerTo(1));
  EXPECT_THAT(AnswerTo(2), HasErrorCode(ErrorCode::kShuttingDown));
}

TEST_F(PartitionTest, ADamagedLogKeepsItsErrorAndServesNothing) {
  Leadership leadership;
  leadership.leading = true;
  partition_->Lead(leadership);
  partition_->Open(MakeError(ErrorCode::kCorruptLog, "damaged"));
  Produce(1);
  EXPECT_THAT(AnswerTo(1), HasErrorCode(ErrorCode::kCorruptLog));
  EXPECT_THAT(partition_->Serve(std::nullopt),
              HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::broker
