#include "client/producer/producer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client/rpc/murmur2.h"
#include "proto/types/error.h"
#include "storage/record/batch_builder.h"
#include "tests/client/scripted/scripted_cluster.h"

namespace barnabas::client {
namespace {

using testing_client::Fate;
using testing_client::ProducedBatch;
using testing_client::ScriptedCluster;
using testing_client::ScriptedState;

constexpr absl::Duration kPatience = absl::Seconds(30);

ProducerOptions OptionsFor(const ScriptedCluster& cluster) {
  ProducerOptions options;
  options.client.bootstrap = {cluster.Endpoint(0)};
  options.client.backoff_first = absl::Milliseconds(2);
  options.client.backoff_max = absl::Milliseconds(50);
  options.max_block = absl::Seconds(10);
  return options;
}

std::unique_ptr<Producer> Make(const ProducerOptions& options) {
  auto producer = Producer::Create(options);
  EXPECT_TRUE(producer.ok()) << producer.status();
  return *std::move(producer);
}

ProducerRecord Record(std::string_view value, int32_t partition = 0) {
  ProducerRecord record;
  record.topic = "orders";
  record.value = value;
  record.partition = partition;
  return record;
}

// What the callbacks of numbered records were told.
class Outcomes {
 public:
  DeliveryCallback For(int number) {
    return [this, number](const absl::StatusOr<Delivery>& outcome) {
      absl::MutexLock lock(&mutex_);
      told_[number].push_back(outcome);
    };
  }
  // Each number's only outcome.
  std::map<int, absl::StatusOr<Delivery>> Take(int expected) {
    absl::MutexLock lock(&mutex_);
    EXPECT_EQ(told_.size(), static_cast<size_t>(expected));
    std::map<int, absl::StatusOr<Delivery>> outcomes;
    for (const auto& [number, told] : told_) {
      EXPECT_EQ(told.size(), 1u) << "callbacks of record " << number;
      outcomes.emplace(number, told[0]);
    }
    return outcomes;
  }

 private:
  absl::Mutex mutex_;
  std::map<int, std::vector<absl::StatusOr<Delivery>>> told_
      ABSL_GUARDED_BY(mutex_);
};

int64_t Produced(ScriptedCluster* cluster) {
  int64_t produced = 0;
  cluster->Change([&produced](ScriptedState* state) {
    state->mutex.AssertHeld();
    produced = state->produced;
  });
  return produced;
}

std::vector<std::string> Numbers(int count) {
  std::vector<std::string> values;
  for (int i = 0; i < count; ++i) values.push_back(std::to_string(i));
  return values;
}

// Sends 0, 1, ... to one partition under `fate`, and expects every record
// once and in order.
void ExpectAllStored(ScriptedCluster* cluster, Producer* producer, int count,
                     int flush_every = 50) {
  Outcomes outcomes;
  for (int i = 0; i < count; ++i) {
    ASSERT_TRUE(
        producer->Send(Record(std::to_string(i)), outcomes.For(i)).ok());
    if (i % flush_every == flush_every - 1) {
      ASSERT_TRUE(producer->Flush(kPatience).ok());
    }
  }
  const absl::Status flushed = producer->Flush(kPatience);
  ASSERT_TRUE(flushed.ok()) << flushed;
  EXPECT_EQ(cluster->Values("orders", 0), Numbers(count));
  for (const auto& [number, outcome] : outcomes.Take(count)) {
    ASSERT_TRUE(outcome.ok()) << number << outcome.status();
    EXPECT_EQ(outcome->offset, number);
    EXPECT_EQ(outcome->partition, 0);
  }
  EXPECT_EQ(producer->facts().records_acknowledged, count);
  EXPECT_EQ(producer->facts().buffered_bytes, 0);
}

TEST(ProducerTest, RecordsArriveOnceInOrderWithTheirOffsets) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto producer = Make(OptionsFor(cluster));
  ExpectAllStored(&cluster, producer.get(), 2000, 500);
  EXPECT_TRUE(producer->Close(kPatience).ok());
  EXPECT_TRUE(producer->Close(kPatience).ok());
}

TEST(ProducerTest, AnIdleProducerFlushesAndClosesAtOnce) {
  ScriptedCluster cluster;
  const auto producer = Make(OptionsFor(cluster));
  EXPECT_TRUE(producer->Flush(absl::ZeroDuration()).ok());
  EXPECT_TRUE(producer->Close(absl::ZeroDuration()).ok());
  EXPECT_EQ(CodeOf(producer->Send(Record("late"))), ErrorCode::kInvalidRequest);
}

TEST(ProducerTest, WithoutABrokerThereIsNoProducer) {
  ProducerOptions options;
  options.client.bootstrap = {"127.0.0.1:1"};
  options.max_block = absl::Milliseconds(200);
  const auto producer = Producer::Create(options);
  EXPECT_EQ(producer.status().code(), absl::StatusCode::kUnavailable);
  options.batch_size = 0;
  EXPECT_EQ(CodeOf(Producer::Create(options).status()),
            ErrorCode::kInvalidRequest);
}

TEST(ProducerTest, KeysAndGivenPartitionsDecideWhereRecordsGo) {
  ScriptedCluster cluster(2);
  cluster.AddTopic("orders", 6);
  const auto producer = Make(OptionsFor(cluster));
  std::map<int32_t, std::vector<std::string>> expected;
  for (int i = 0; i < 300; ++i) {
    const std::string value = std::to_string(i);
    ProducerRecord record = Record(value);
    record.partition.reset();
    record.key = value;
    expected[rpc::PartitionOfKey(value, 6)].push_back(value);
    ASSERT_TRUE(producer->Send(record).ok());
  }
  ASSERT_TRUE(producer->Flush(kPatience).ok());
  for (int32_t i = 0; i < 6; ++i) {
    EXPECT_EQ(cluster.Values("orders", i), expected[i]) << i;
  }
  EXPECT_EQ(CodeOf(producer->Send(Record("x", 6))),
            ErrorCode::kUnknownPartition);
  EXPECT_EQ(CodeOf(producer->Send(Record("x", -1))),
            ErrorCode::kUnknownPartition);
}

TEST(ProducerTest, ATopicMadeMeanwhileIsFound) {
  ScriptedCluster cluster;
  const auto producer = Make(OptionsFor(cluster));
  std::thread maker([&] { cluster.AddTopic("orders", 1); });
  EXPECT_TRUE(producer->Send(Record("0")).ok());
  maker.join();
  EXPECT_TRUE(producer->Flush(kPatience).ok());
  EXPECT_EQ(cluster.Values("orders", 0), Numbers(1));
}

TEST(ProducerTest, AnUnknownTopicIsToldSoon) {
  ScriptedCluster cluster;
  const auto producer = Make(OptionsFor(cluster));
  EXPECT_EQ(CodeOf(producer->Send(Record("0"))), ErrorCode::kUnknownTopic);
}

TEST(ProducerTest, LostAndTornStreamsLoseAndDoubleNothing) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  cluster.SetFate([](const ProducedBatch& batch) {
    if (batch.count % 7 == 3) return Fate{Fate::Kind::kTearBefore, {}};
    if (batch.count % 7 == 5) return Fate{Fate::Kind::kTearAfter, {}};
    return Fate();
  });
  ProducerOptions options = OptionsFor(cluster);
  options.batch_size = 200;
  const auto producer = Make(options);
  ExpectAllStored(&cluster, producer.get(), 500);
  EXPECT_GT(producer->facts().retries, 0);
}

TEST(ProducerTest, RefusalsThatMayPassAreTriedAgainInOrder) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const ErrorCode codes[] = {ErrorCode::kNotEnoughReplicas,
                             ErrorCode::kLeaderNotAvailable,
                             ErrorCode::kDiskFull, ErrorCode::kRequestTimedOut};
  cluster.SetFate([&codes](const ProducedBatch& batch) {
    if (batch.count % 3 != 0) return Fate();
    return Fate{Fate::Kind::kRefuse, codes[batch.count / 3 % 4]};
  });
  ProducerOptions options = OptionsFor(cluster);
  options.batch_size = 200;
  const auto producer = Make(options);
  ExpectAllStored(&cluster, producer.get(), 150);
}

TEST(ProducerTest, ARefusalThatLastsIsNamedWhenTheTimeIsOver) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  cluster.SetFate([](const ProducedBatch&) {
    return Fate{Fate::Kind::kRefuse, ErrorCode::kDiskFull};
  });
  ProducerOptions options = OptionsFor(cluster);
  options.delivery_timeout = absl::Seconds(3);
  // Once refused it waits and is surely not under way.
  options.client.backoff_first = options.client.backoff_max = absl::Minutes(1);
  const auto producer = Make(options);
  Outcomes outcomes;
  ASSERT_TRUE(producer->Send(Record("0"), outcomes.For(0)).ok());
  const absl::Status told = producer->Flush(kPatience);
  EXPECT_EQ(CodeOf(told), ErrorCode::kDiskFull) << told;
  EXPECT_NE(told.message().find("not acknowledged within 3s"),
            absl::string_view::npos)
      << told;
  EXPECT_TRUE(cluster.Values("orders", 0).empty());
}

TEST(ProducerTest, ABatchRefusedForGoodLeavesTheOthersAlone) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  cluster.SetFate([](const ProducedBatch& batch) {
    if (batch.count % 10 != 4) return Fate();
    return Fate{Fate::Kind::kRefuse, ErrorCode::kInvalidRecord};
  });
  ProducerOptions options = OptionsFor(cluster);
  options.batch_size = 1;
  const auto producer = Make(options);
  Outcomes outcomes;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(
        producer->Send(Record(std::to_string(i)), outcomes.For(i)).ok());
  }
  EXPECT_EQ(CodeOf(producer->Flush(kPatience)), ErrorCode::kInvalidRecord);
  std::vector<std::string> stored;
  for (const auto& [number, outcome] : outcomes.Take(200)) {
    if (outcome.ok()) {
      EXPECT_EQ(outcome->offset, static_cast<int64_t>(stored.size()));
      stored.push_back(std::to_string(number));
    } else {
      EXPECT_EQ(CodeOf(outcome.status()), ErrorCode::kInvalidRecord);
    }
  }
  EXPECT_EQ(cluster.Values("orders", 0), stored);
  EXPECT_LT(stored.size(), 200u);
  // The failure was told; the next Flush has nothing to tell.
  EXPECT_TRUE(producer->Flush(kPatience).ok());
}

TEST(ProducerTest, AForgottenProducerStartsOverWithTheNextEpoch) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 2);
  const auto producer = Make(OptionsFor(cluster));
  int expected = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(producer->Send(Record(std::to_string(expected++))).ok());
      ASSERT_TRUE(producer->Send(Record("other", 1)).ok());
    }
    const absl::Status flushed = producer->Flush(kPatience);
    ASSERT_TRUE(flushed.ok()) << flushed;
    cluster.Change([](ScriptedState* state) {
      state->mutex.AssertHeld();
      for (auto& partition : state->topics["orders"].partitions) {
        partition.ForgetProducers();
      }
    });
  }
  EXPECT_EQ(cluster.Values("orders", 0), Numbers(expected));
  EXPECT_EQ(cluster.Values("orders", 1).size(), 100u);
  cluster.Change([](ScriptedState* state) {
    state->mutex.AssertHeld();
    EXPECT_GE(state->identities, 5);
  });
}

TEST(ProducerTest, LeadersThatMoveAreFollowed) {
  ScriptedCluster cluster(3);
  cluster.AddTopic("orders", 1);
  std::atomic<bool> over = false;
  const auto producer = Make(OptionsFor(cluster));
  std::thread mover([&] {
    for (int i = 1; !over; ++i) {
      // After some more batches, whenever that is.
      const int64_t until = Produced(&cluster) + 7;
      while (!over && Produced(&cluster) < until) std::this_thread::yield();
      cluster.MoveLeader("orders", 0, i % 3);
    }
  });
  ExpectAllStored(&cluster, producer.get(), 1000, 20);
  over = true;
  mover.join();
}

TEST(ProducerTest, ABrokerThatStopsAndComesBackLosesNothing) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto producer = Make(OptionsFor(cluster));
  Outcomes outcomes;
  int sent = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i, ++sent) {
      ASSERT_TRUE(
          producer->Send(Record(std::to_string(sent)), outcomes.For(sent))
              .ok());
      if (i == 50) cluster.Stop(0);
    }
    cluster.Start(0);
    const absl::Status flushed = producer->Flush(kPatience);
    ASSERT_TRUE(flushed.ok()) << flushed;
  }
  EXPECT_EQ(cluster.Values("orders", 0), Numbers(sent));
  for (const auto& [number, outcome] : outcomes.Take(sent)) {
    ASSERT_TRUE(outcome.ok());
    EXPECT_EQ(outcome->offset, number);
  }
}

TEST(ProducerTest, GoAwayMovesTheStreamWithoutLoss) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto producer = Make(OptionsFor(cluster));
  int sent = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 30; ++i) {
      ASSERT_TRUE(producer->Send(Record(std::to_string(sent++))).ok());
      if (i == 10) cluster.GoAway(0);
    }
    ASSERT_TRUE(producer->Flush(kPatience).ok());
  }
  EXPECT_EQ(cluster.Values("orders", 0), Numbers(sent));
  cluster.Change([](ScriptedState* state) {
    state->mutex.AssertHeld();
    EXPECT_GE(state->streams_opened, 3);
  });
}

TEST(ProducerTest, ASilentBrokerIsLeft) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  std::atomic<int> swallowed = 0;
  cluster.SetFate([&swallowed](const ProducedBatch&) {
    return swallowed++ < 1 ? Fate{Fate::Kind::kSwallow, {}} : Fate();
  });
  cluster.Change([](ScriptedState* state) {
    state->mutex.AssertHeld();
    state->silent = true;
    state->heartbeat_ms = 50;
  });
  const auto producer = Make(OptionsFor(cluster));
  ASSERT_TRUE(producer->Send(Record("0")).ok());
  const absl::Status flushed = producer->Flush(kPatience);
  EXPECT_TRUE(flushed.ok()) << flushed;
  EXPECT_EQ(cluster.Values("orders", 0), Numbers(1));
}

TEST(ProducerTest, AnswersThatComeTwiceAreHeardOnce) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  cluster.SetFate([](const ProducedBatch&) {
    return Fate{Fate::Kind::kAcknowledgeTwice, {}};
  });
  const auto producer = Make(OptionsFor(cluster));
  ExpectAllStored(&cluster, producer.get(), 300);
}

TEST(ProducerTest, TinyCreditSlowsButDoesNotStop) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  cluster.Change([](ScriptedState* state) {
    state->mutex.AssertHeld();
    state->credit_bytes = 10;
  });
  const auto producer = Make(OptionsFor(cluster));
  ExpectAllStored(&cluster, producer.get(), 1000, 1000);
}

TEST(ProducerTest, WhatIsNotAnsweredInTimeFailsAndTheRestGoesOn) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  std::atomic<bool> refuse = true;
  cluster.SetFate([&refuse](const ProducedBatch&) {
    return refuse ? Fate{Fate::Kind::kRefuse, ErrorCode::kNotEnoughReplicas}
                  : Fate();
  });
  ProducerOptions options = OptionsFor(cluster);
  options.delivery_timeout = absl::Milliseconds(300);
  const auto producer = Make(options);
  Outcomes outcomes;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(
        producer->Send(Record(std::to_string(i)), outcomes.For(i)).ok());
  }
  // The refusal is named, unless the batch was under way when its time was up.
  const auto is_late = [](const absl::Status& status) {
    return CodeOf(status) == ErrorCode::kNotEnoughReplicas ||
           CodeOf(status) == ErrorCode::kRequestTimedOut;
  };
  const absl::Status late = producer->Flush(kPatience);
  EXPECT_TRUE(is_late(late)) << late;
  for (const auto& [number, outcome] : outcomes.Take(10)) {
    EXPECT_TRUE(is_late(outcome.status())) << outcome.status();
  }
  refuse = false;
  ASSERT_TRUE(producer->Send(Record("after")).ok());
  const absl::Status flushed = producer->Flush(kPatience);
  ASSERT_TRUE(flushed.ok()) << flushed;
  EXPECT_EQ(cluster.Values("orders", 0), std::vector<std::string>{"after"});
  EXPECT_EQ(producer->facts().records_failed, 10);
}

TEST(ProducerTest, FullMemoryMakesSendWaitAndThenFail) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  std::atomic<bool> refuse = true;
  cluster.SetFate([&refuse](const ProducedBatch&) {
    return refuse ? Fate{Fate::Kind::kRefuse, ErrorCode::kNotEnoughReplicas}
                  : Fate();
  });
  ProducerOptions options = OptionsFor(cluster);
  options.max_request_bytes = 20'000;
  options.buffer_memory = 20'000;
  options.max_block = absl::Milliseconds(300);
  const auto producer = Make(options);
  const std::string value(9000, 'v');
  EXPECT_TRUE(producer->Send(Record(value)).ok());
  EXPECT_TRUE(producer->Send(Record(value)).ok());
  EXPECT_EQ(CodeOf(producer->Send(Record(value))), ErrorCode::kOverloaded);
  EXPECT_EQ(CodeOf(producer->Send(Record(std::string(30'000, 'v')))),
            ErrorCode::kBatchTooLarge);
  refuse = false;
  EXPECT_TRUE(producer->Flush(kPatience).ok());
  EXPECT_TRUE(producer->Send(Record(value)).ok());
}

TEST(ProducerTest, CallbacksMaySend) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto producer = Make(OptionsFor(cluster));
  std::atomic<int> sent = 1;
  std::function<void(const absl::StatusOr<Delivery>&)> next =
      [&](const absl::StatusOr<Delivery>& outcome) {
        ASSERT_TRUE(outcome.ok());
        if (sent >= 50) return;
        ASSERT_TRUE(producer->Send(Record(std::to_string(sent++)), next).ok());
      };
  ASSERT_TRUE(producer->Send(Record("0"), next).ok());
  while (producer->facts().records_acknowledged < 50) {
    ASSERT_TRUE(producer->Flush(kPatience).ok());
  }
  EXPECT_EQ(cluster.Values("orders", 0), Numbers(50));
}

TEST(ProducerTest, FuturesTellToo) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto producer = Make(OptionsFor(cluster));
  EXPECT_EQ(producer->SendFuture(Record("0")).get()->offset, 0);
  EXPECT_EQ(CodeOf(producer->SendFuture(Record("0", 9)).get().status()),
            ErrorCode::kUnknownPartition);
}

TEST(ProducerTest, LingerGathersAndFlushDoesNotWaitForIt) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  ProducerOptions options = OptionsFor(cluster);
  options.linger = absl::Seconds(20);
  const auto producer = Make(options);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(producer->Send(Record(std::to_string(i))).ok());
  }
  ASSERT_TRUE(producer->Flush(absl::Seconds(10)).ok());
  EXPECT_EQ(producer->facts().batches_sent, 1);
  options.linger = absl::Milliseconds(5);
  const auto quick = Make(options);
  EXPECT_TRUE(quick->SendFuture(Record("100")).get().ok());
}

TEST(ProducerTest, RecordsGatherWhileAFrameWaitsButNotForLong) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  // The first batch is never answered, so its frame is on its way for good.
  cluster.SetFate([](const ProducedBatch& batch) {
    return batch.count == 1 ? Fate{Fate::Kind::kSwallow, {}} : Fate();
  });
  ProducerOptions options = OptionsFor(cluster);
  options.delivery_timeout = absl::Minutes(1);
  const auto producer = Make(options);
  Outcomes outcomes;
  ASSERT_TRUE(producer->Send(Record("0"), outcomes.For(0)).ok());
  while (Produced(&cluster) < 1) std::this_thread::yield();
  for (int i = 1; i < 1000; ++i) {
    ASSERT_TRUE(producer->Send(Record(std::to_string(i))).ok());
  }
  // Without Flush, which would send everything at once.
  while (cluster.Values("orders", 0).size() < 1000) std::this_thread::yield();
  EXPECT_EQ(cluster.Values("orders", 0), Numbers(1000));
  producer->Close(absl::ZeroDuration()).IgnoreError();
}

TEST(ProducerTest, SendsBesideCloseAreTakenWholeOrRefused) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto producer = Make(OptionsFor(cluster));
  std::atomic<int> taken = 0;
  std::atomic<int> told = 0;
  std::thread sender([&] {
    while (true) {
      const absl::Status sent = producer->Send(
          Record("x"), [&told](const absl::StatusOr<Delivery>&) { ++told; });
      if (!sent.ok()) {
        EXPECT_EQ(CodeOf(sent), ErrorCode::kInvalidRequest) << sent;
        return;
      }
      ++taken;
    }
  });
  while (taken.load() < 1000) std::this_thread::yield();
  EXPECT_TRUE(producer->Close(kPatience).ok());
  sender.join();
  EXPECT_EQ(told, taken);
  EXPECT_EQ(producer->facts().records_accepted, taken);
  EXPECT_EQ(producer->facts().buffered_bytes, 0);
}

TEST(ProducerTest, ReadyMadeBatchesGoAsTheyAre) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto producer = Make(OptionsFor(cluster));
  Outcomes outcomes;
  for (int i = 0; i < 20; i += 2) {
    record::BatchBuilder builder;
    builder.Append(1, std::nullopt, std::to_string(i));
    builder.Append(1, std::nullopt, std::to_string(i + 1));
    ASSERT_TRUE(
        producer->SendBatch("orders", 0, builder.Finish(), outcomes.For(i))
            .ok());
  }
  ASSERT_TRUE(producer->Flush(kPatience).ok());
  EXPECT_EQ(cluster.Values("orders", 0), Numbers(20));
  for (const auto& [number, outcome] : outcomes.Take(10)) {
    EXPECT_EQ(outcome->offset, number);
  }
  EXPECT_EQ(producer->facts().records_acknowledged, 20);
  EXPECT_EQ(CodeOf(producer->SendBatch("orders", 0, "junk", nullptr)),
            ErrorCode::kCorruptRecord);
}

TEST(ProducerTest, WithoutAcknowledgementsRecordsAreDoneWhenSent) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  ProducerOptions options = OptionsFor(cluster);
  options.acks = Acks::kNone;
  const auto producer = Make(options);
  Outcomes outcomes;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(
        producer->Send(Record(std::to_string(i)), outcomes.For(i)).ok());
  }
  ASSERT_TRUE(producer->Flush(kPatience).ok());
  for (const auto& [number, outcome] : outcomes.Take(200)) {
    ASSERT_TRUE(outcome.ok());
    EXPECT_EQ(outcome->offset, -1);
  }
}

TEST(ProducerTest, CloseReportsWhatItCouldNotSend) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  cluster.SetFate([](const ProducedBatch&) {
    return Fate{Fate::Kind::kRefuse, ErrorCode::kNotEnoughReplicas};
  });
  const auto producer = Make(OptionsFor(cluster));
  Outcomes outcomes;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(
        producer->Send(Record(std::to_string(i)), outcomes.For(i)).ok());
  }
  EXPECT_FALSE(producer->Close(absl::Milliseconds(100)).ok());
  for (const auto& [number, outcome] : outcomes.Take(10)) {
    EXPECT_FALSE(outcome.ok());
  }
}

TEST(ProducerTest, ADeletedTopicFailsItsRecords) {
  ScriptedCluster cluster;
  cluster.AddTopic("orders", 1);
  const auto producer = Make(OptionsFor(cluster));
  ASSERT_TRUE(producer->SendFuture(Record("0")).get().ok());
  cluster.DeleteTopic("orders");
  EXPECT_EQ(CodeOf(producer->SendFuture(Record("1")).get().status()),
            ErrorCode::kUnknownTopic);
}

TEST(ProducerTest, ManyThreadsMaySend) {
  ScriptedCluster cluster(2);
  cluster.AddTopic("orders", 4);
  const auto producer = Make(OptionsFor(cluster));
  std::atomic<int> told = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        ASSERT_TRUE(producer
                        ->Send(Record(absl::StrCat(i), t),
                               [&told](const auto&) { ++told; })
                        .ok());
        if (i % 500 != 0) continue;
        ASSERT_TRUE(producer->Flush(kPatience).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(producer->Flush(kPatience).ok());
  EXPECT_EQ(told, 8000);
  for (int t = 0; t < 4; ++t) {
    EXPECT_EQ(cluster.Values("orders", t), Numbers(2000));
  }
}

}  // namespace
}  // namespace barnabas::client
