#include "client/consumer/consumer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "proto/types/error.h"
#include "storage/record/batch_builder.h"
#include "tests/client/scripted/scripted_cluster.h"

namespace barnabas::client {
namespace {

using testing_client::ScriptedCluster;
using testing_client::ScriptedState;

constexpr absl::Duration kPatience = absl::Seconds(30);
const ConsumerPartition kOrders{"orders", 0};

// Appends `count` records to the partition, in batches of `batch`, whose
// values are their offsets.
void Fill(ScriptedCluster* cluster, int32_t partition, int count,
          int batch = 10) {
  cluster->Change([&](ScriptedState* state) {
    state->mutex.AssertHeld();
    auto& log =
        state->topics["orders"].partitions[static_cast<size_t>(partition)];
    for (int done = 0; done < count;) {
      record::BatchBuilder builder;
      for (int i = 0; i < batch && done < count; ++i, ++done) {
        builder.Append(1000 + done, "key", std::to_string(log.log_end() + i));
      }
      ASSERT_EQ(log.Append(builder.Finish()).code, ErrorCode::kUnspecified);
    }
  });
}

ConsumerOptions OptionsFor(const ScriptedCluster& cluster) {
  ConsumerOptions options;
  options.client.bootstrap = {cluster.Endpoint(0)};
  options.client.backoff_first = absl::Milliseconds(2);
  options.client.backoff_max = absl::Milliseconds(50);
  return options;
}

std::unique_ptr<Consumer> Make(const ConsumerOptions& options) {
  auto consumer = Consumer::Create(options);
  EXPECT_TRUE(consumer.ok()) << consumer.status();
  return *std::move(consumer);
}

using Seen = std::map<int32_t, std::vector<int64_t>>;

void Note(const PollOutcome& outcome, Seen* seen) {
  for (const auto& batch : outcome.batches) {
    EXPECT_EQ(batch->topic(), "orders");
    for (const record::RecordView& record : batch->records()) {
      EXPECT_EQ(*record.value, std::to_string(record.offset.value()));
      (*seen)[batch->partition()].push_back(record.offset.value());
    }
  }
  for (const PartitionTrouble& trouble : outcome.troubles) {
    ADD_FAILURE() << trouble.partition.partition << ": " << trouble.status;
  }
}

// Polls until `total` records came.
Seen ReadAll(Consumer* consumer, size_t total, int64_t records_max = 0) {
  Seen seen;
  size_t count = 0;
  while (count < total) {
    const auto outcome = consumer->Poll(kPatience, records_max);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    if (!outcome.ok()) return seen;
    Note(*outcome, &seen);
    size_t now = 0;
    for (const auto& [partition, offsets] : seen) now += offsets.size();
    if (records_max > 0) {
      EXPECT_LE(now - count, static_cast<size_t>(records_max));
    }
    if (now == count && outcome->at_end.empty()) {
      ADD_FAILURE() << "nothing came";
      return seen;
    }
    count = now;
  }
  return seen;
}

std::vector<int64_t> Range(int64_t begin, int64_t end) {
  std::vector<int64_t> offsets;
  for (int64_t i = begin; i < end; ++i) offsets.push_back(i);
  return offsets;
}

// Polls until the first trouble.
absl::Status AwaitTrouble(Consumer* consumer) {
  while (true) {
    const auto outcome = consumer->Poll(kPatience);
    if (!outcome.ok()) return outcome.status();
    if (!outcome->troubles.empty()) return outcome->troubles[0].status;
    if (outcome->batches.empty() && outcome->at_end.empty()) {
      return absl::OkStatus();
    }
  }
}

TEST(ConsumerTest, WithoutAssignmentPollAnswersAtOnce) {
  ScriptedCluster cluster;
  const auto consumer = Make(OptionsFor(cluster));
  EXPECT_TRUE(consumer->Poll(kPatience)->Empty());
  EXPECT_EQ(CodeOf(consumer->Seek(kOrders, StartAt::Start())),
            ErrorCode::kInvalidRequest);
}

TEST(ConsumerTest, EveryRecordComesOnceInOrder) {
  ScriptedCluster cluster(2);
  cluster.AddTopic("orders", 3);
  for (int32_t i = 0; i < 3; ++i) Fill(&cluster, i, 1000 + i);
  for (const int64_t records_max : {0, 1, 7, 333}) {
    const auto consumer = Make(OptionsFor(cluster));
    ASSERT_TRUE(consumer
                    ->Assign({{"orders", 0}, {"orders", 1}, {"orders", 2}},
                             StartAt::Start())
                    .ok());
    const Seen seen = ReadAll(consumer.get(), 3003, records_max);
    for (int32_t i = 0; i < 3; ++i) {
      EXPECT_EQ(seen.at(i), Range(0, 1000 + i));
      EXPECT_EQ(*consumer->Position({"orders", i}), 1000 + i);
    }
  }
}

TEST(ConsumerTest, ReadingBeginsWhereAsked) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  Fill(&cluster, 0, 100);
  struct Case {
    StartAt from;
    int64_t first;
  };
  for (const Case& given :
       {Case{StartAt::Start(), 0}, Case{StartAt::Offset(42), 42},
        Case{StartAt::Last(5), 95}, Case{StartAt::Last(1000), 0}}) {
    const auto consumer = Make(OptionsFor(cluster));
    ASSERT_TRUE(consumer->Assign({kOrders}, given.from).ok());
    EXPECT_EQ(*consumer->Position(kOrders), given.first);
    const Seen seen =
        ReadAll(consumer.get(), static_cast<size_t>(100 - given.first));
    EXPECT_EQ(seen.at(0), Range(given.first, 100));
  }
}

TEST(ConsumerTest, TheEndIsToldOnceAndThenNewRecordsCome) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::End()).ok());
  EXPECT_EQ(consumer->Poll(kPatience)->at_end.size(), 1u);
  EXPECT_TRUE(consumer->Poll(absl::Milliseconds(20))->at_end.empty());
  Fill(&cluster, 0, 3);
  PollOutcome outcome = *consumer->Poll(kPatience);
  Seen seen;
  Note(outcome, &seen);
  EXPECT_EQ(seen.at(0), Range(0, 3));
  EXPECT_EQ(outcome.at_end.size(), 1u);
}

TEST(ConsumerTest, SeekGoesBackAndForth) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  Fill(&cluster, 0, 1000);
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
  for (const int64_t offset : {500, 3, 999, 0}) {
    consumer->Poll(kPatience, 10).IgnoreError();
    ASSERT_TRUE(consumer->Seek(kOrders, StartAt::Offset(offset)).ok());
    EXPECT_EQ(*consumer->Position(kOrders), offset);
    Seen seen;
    while (seen.empty()) Note(*consumer->Poll(kPatience, 1), &seen);
    EXPECT_EQ(seen.at(0), Range(offset, offset + 1));
  }
}

TEST(ConsumerTest, APausedPartitionRestsAndGoesOnWhereItWas) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 2);
  Fill(&cluster, 0, 100);
  Fill(&cluster, 1, 100);
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(
      consumer->Assign({kOrders, {"orders", 1}}, StartAt::Start()).ok());
  ASSERT_TRUE(consumer->Pause(kOrders).ok());
  Seen seen = ReadAll(consumer.get(), 100);
  EXPECT_EQ(seen.at(1), Range(0, 100));
  EXPECT_FALSE(seen.contains(0));
  ASSERT_TRUE(consumer->Resume(kOrders).ok());
  EXPECT_EQ(ReadAll(consumer.get(), 100).at(0), Range(0, 100));
  ASSERT_TRUE(consumer->Pause(kOrders).ok());
  Fill(&cluster, 0, 10);
  EXPECT_TRUE(consumer->Poll(absl::Milliseconds(20))->batches.empty());
  ASSERT_TRUE(consumer->Resume(kOrders).ok());
  EXPECT_EQ(ReadAll(consumer.get(), 10).at(0), Range(100, 110));
}

TEST(ConsumerTest, AssignKeepsThePositionsOfWhatStays) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 2);
  Fill(&cluster, 0, 100);
  Fill(&cluster, 1, 100);
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
  EXPECT_EQ(ReadAll(consumer.get(), 10, 10).at(0), Range(0, 10));
  ASSERT_TRUE(
      consumer->Assign({kOrders, {"orders", 1}}, StartAt::Offset(90)).ok());
  const Seen seen = ReadAll(consumer.get(), 100);
  EXPECT_EQ(seen.at(0), Range(10, 100));
  EXPECT_EQ(seen.at(1), Range(90, 100));
  ASSERT_TRUE(consumer->Assign({}, StartAt::Start()).ok());
  EXPECT_TRUE(consumer->Poll(kPatience)->Empty());
}

TEST(ConsumerTest, TinyCreditSlowsButDoesNotStop) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 2);
  Fill(&cluster, 0, 500);
  Fill(&cluster, 1, 500);
  ConsumerOptions options = OptionsFor(cluster);
  options.prefetch_bytes = 1;
  options.frame_bytes = 1;
  const auto consumer = Make(options);
  ASSERT_TRUE(
      consumer->Assign({kOrders, {"orders", 1}}, StartAt::Start()).ok());
  const Seen seen = ReadAll(consumer.get(), 1000);
  EXPECT_EQ(seen.at(0), Range(0, 500));
  EXPECT_EQ(seen.at(1), Range(0, 500));
}

TEST(ConsumerTest, LeadersThatMoveAreFollowed) {
  ScriptedCluster cluster(3);
  cluster.AddTopic("orders", 1);
  Fill(&cluster, 0, 2000);
  ConsumerOptions options = OptionsFor(cluster);
  options.prefetch_bytes = 2000;
  options.frame_bytes = 1000;
  const auto consumer = Make(options);
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
  std::vector<int64_t> all;
  for (int i = 1; all.size() < 2000; ++i) {
    const size_t wanted = std::min<size_t>(100, 2000 - all.size());
    const Seen seen = ReadAll(consumer.get(), wanted, 100);
    all.insert(all.end(), seen.at(0).begin(), seen.at(0).end());
    cluster.MoveLeader("orders", 0, i % 3);
  }
  EXPECT_EQ(all, Range(0, 2000));
}

TEST(ConsumerTest, ABrokerThatStopsAndComesBackRepeatsNothing) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
  std::vector<int64_t> all;
  for (int round = 0; round < 3; ++round) {
    Fill(&cluster, 0, 100);
    const Seen seen = ReadAll(consumer.get(), 100);
    all.insert(all.end(), seen.at(0).begin(), seen.at(0).end());
    if (round == 1) {
      cluster.GoAway(0);
    } else {
      cluster.Stop(0);
      cluster.Start(0);
    }
  }
  EXPECT_EQ(all, Range(0, 300));
}

TEST(ConsumerTest, ASilentBrokerIsLeft) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  cluster.Change([](ScriptedState* state) {
    state->mutex.AssertHeld();
    state->silent = true;
    state->heartbeat_ms = 30;
  });
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
  int64_t streams = 0;
  while (streams < 3) {
    consumer->Poll(absl::Milliseconds(20)).IgnoreError();
    cluster.Change([&streams](ScriptedState* state) {
      state->mutex.AssertHeld();
      streams = state->streams_opened;
    });
  }
  Fill(&cluster, 0, 10);
  EXPECT_EQ(ReadAll(consumer.get(), 10).at(0), Range(0, 10));
}

TEST(ConsumerTest, AnOffsetOutOfRangeIsToldWithTheRangeAndOthersGoOn) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 2);
  Fill(&cluster, 0, 100);
  Fill(&cluster, 1, 100);
  cluster.Change([](ScriptedState* state) {
    state->mutex.AssertHeld();
    state->topics["orders"].partitions[0].MoveStart(50);
  });
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(
      consumer->Assign({kOrders, {"orders", 1}}, StartAt::Offset(10)).ok());
  const absl::Status trouble = AwaitTrouble(consumer.get());
  EXPECT_EQ(CodeOf(trouble), ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(OffsetRangeOf(trouble), (OffsetRange{Offset(50), Offset(100)}));
  ASSERT_TRUE(consumer->Seek({"orders", 1}, StartAt::Start()).ok());
  EXPECT_EQ(ReadAll(consumer.get(), 100).at(1), Range(0, 100));
  ASSERT_TRUE(consumer->Seek(kOrders, StartAt::Start()).ok());
  EXPECT_EQ(ReadAll(consumer.get(), 50).at(0), Range(50, 100));
}

TEST(ConsumerTest, ADamagedBatchIsToldOnceAndCanBeSkipped) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  Fill(&cluster, 0, 50);
  cluster.Change([](ScriptedState* state) {
    state->mutex.AssertHeld();
    auto* batches = state->topics["orders"].partitions[0].mutable_batches();
    (*batches)[2].bytes.back() ^= 1;
  });
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
  EXPECT_EQ(CodeOf(consumer->SkipCorrupt(kOrders)), ErrorCode::kInvalidRequest);
  std::vector<int64_t> all;
  absl::Status trouble;
  while (trouble.ok()) {
    const PollOutcome outcome = *consumer->Poll(kPatience);
    ASSERT_FALSE(outcome.Empty());
    for (const auto& batch : outcome.batches) {
      for (const auto& record : batch->records()) {
        all.push_back(record.offset.value());
      }
    }
    if (!outcome.troubles.empty()) trouble = outcome.troubles[0].status;
  }
  EXPECT_EQ(all, Range(0, 20));
  EXPECT_EQ(CodeOf(trouble), ErrorCode::kCorruptRecord);
  EXPECT_TRUE(consumer->Poll(absl::Milliseconds(20))->Empty());
  ASSERT_TRUE(consumer->SkipCorrupt(kOrders).ok());
  EXPECT_EQ(ReadAll(consumer.get(), 20).at(0), Range(30, 50));
}

TEST(ConsumerTest, AnUnknownTopicIsToldAndFoundWhenItComes) {
  ScriptedCluster cluster;
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
  EXPECT_EQ(CodeOf(AwaitTrouble(consumer.get())), ErrorCode::kUnknownTopic);
  cluster.AddTopic("orders", 1);
  Fill(&cluster, 0, 5);
  EXPECT_EQ(ReadAll(consumer.get(), 5).at(0), Range(0, 5));
}

TEST(ConsumerTest, ATopicMadeAnewIsToldNotMixedUp) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  Fill(&cluster, 0, 5);
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
  EXPECT_EQ(ReadAll(consumer.get(), 5).at(0), Range(0, 5));
  cluster.DeleteTopic("orders");
  cluster.AddTopic("orders", 1);
  Fill(&cluster, 0, 50);
  cluster.Stop(0);
  cluster.Start(0);
  EXPECT_EQ(CodeOf(AwaitTrouble(consumer.get())),
            ErrorCode::kInconsistentTopicId);
  ASSERT_TRUE(consumer->Seek(kOrders, StartAt::Start()).ok());
  EXPECT_EQ(ReadAll(consumer.get(), 50).at(0), Range(0, 50));
}

TEST(ConsumerTest, WakeupEndsAPoll) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto consumer = Make(OptionsFor(cluster));
  ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Offset(0)).ok());
  EXPECT_EQ(consumer->Poll(kPatience)->at_end.size(), 1u);
  std::thread waker([&] { consumer->Wakeup(); });
  EXPECT_TRUE(consumer->Poll(absl::Hours(1))->Empty());
  waker.join();
  ASSERT_TRUE(consumer->Close().ok());
  EXPECT_EQ(CodeOf(consumer->Poll(kPatience).status()),
            ErrorCode::kInvalidRequest);
}

TEST(ConsumerTest, RecordsOutliveTheConsumer) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  Fill(&cluster, 0, 1000, 100);
  std::vector<std::unique_ptr<ConsumedRecords>> kept;
  {
    const auto consumer = Make(OptionsFor(cluster));
    ASSERT_TRUE(consumer->Assign({kOrders}, StartAt::Start()).ok());
    size_t count = 0;
    while (count < 1000) {
      PollOutcome outcome = *consumer->Poll(kPatience, 77);
      for (auto& batch : outcome.batches) {
        count += batch->records().size();
        kept.push_back(std::move(batch));
      }
    }
  }
  int64_t expected = 0;
  for (const auto& batch : kept) {
    for (const auto& record : batch->records()) {
      EXPECT_EQ(*record.value, std::to_string(expected++));
    }
  }
}

TEST(ConsumerTest, WrongOptionsAndMissingBrokersAreRefused) {
  ConsumerOptions options;
  options.client.bootstrap = {"127.0.0.1:1"};
  options.client.request_timeout = absl::Milliseconds(200);
  EXPECT_EQ(Consumer::Create(options).status().code(),
            absl::StatusCode::kUnavailable);
  options.prefetch_bytes = 0;
  EXPECT_EQ(CodeOf(Consumer::Create(options).status()),
            ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace barnabas::client
