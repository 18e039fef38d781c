#include "client/producer/topic_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "barnabas/v1/discovery.pb.h"
#include "client/cluster_table.h"
#include "client/producer/flush_ledger.h"
#include "proto/types/error.h"
#include "storage/env/system_clock.h"

namespace barnabas::client {
namespace {

// "orders" with so many partitions, all led.
ClusterTable ClusterWith(int partitions) {
  v1::DescribeTopicsResponse topics;
  v1::DescribedTopic* described = topics.add_topics();
  described->set_name("orders");
  described->mutable_topic()->set_name("orders");
  described->mutable_topic()->set_id("id");
  for (int i = 0; i < partitions; ++i) {
    v1::PartitionInfo* partition = described->mutable_topic()->add_partitions();
    partition->set_partition(i);
    partition->set_leader(100);
    partition->set_leader_epoch(1);
  }
  ClusterTable table;
  table.Update(topics);
  return table;
}

class TopicTableTest : public testing::Test {
 protected:
  TopicTableTest() : table_(Options()) {}

  TopicTable::Options Options() {
    TopicTable::Options options;
    options.queue.clock = &clock_;
    options.queue.ledger = &ledger_;
    options.ask = [this](const std::string& topic) {
      asked_ = topic;
      if (answer_at_once_) table_.Update(ClusterWith(1), &added_);
    };
    return options;
  }

  // Known with so many partitions from now on.
  void Learn(int partitions) {
    table_.Get("orders", absl::ZeroDuration()).status().IgnoreError();
    table_.Update(ClusterWith(partitions), &added_);
  }

  Lane* LaneOf(int32_t partition) {
    const auto topic = table_.Get("orders", absl::ZeroDuration());
    if (!topic.ok()) return nullptr;
    const auto lane = table_.Choose(*topic, partition, std::nullopt, 1);
    return lane.ok() ? *lane : nullptr;
  }

  env::SystemClock clock_;
  FlushLedger ledger_;
  std::string asked_;
  bool answer_at_once_ = false;
  std::vector<Lane*> added_;
  TopicTable table_;
};

TEST_F(TopicTableTest, AnUnknownTopicIsAskedForAndThenFound) {
  EXPECT_EQ(CodeOf(table_.Get("orders", absl::ZeroDuration()).status()),
            ErrorCode::kLeaderNotAvailable);
  EXPECT_EQ(asked_, "orders");
  Learn(3);
  EXPECT_EQ(added_.size(), 3u);
  for (int32_t i = 0; i < 3; ++i) EXPECT_EQ(LaneOf(i), added_[i]);
  EXPECT_EQ(LaneOf(3), nullptr);
  EXPECT_EQ(LaneOf(-1), nullptr);
}

// What is known already is not told a second time.
TEST_F(TopicTableTest, AnAnswerThatComesAtOnceIsNotMissed) {
  answer_at_once_ = true;
  EXPECT_TRUE(table_.Get("orders", absl::ZeroDuration()).ok());
  EXPECT_EQ(added_.size(), 1u);
}

TEST_F(TopicTableTest, LanesStayWhereTheyAreWhilePartitionsAreAdded) {
  Learn(1);
  std::atomic<bool> grown = false;
  std::thread chooser([&] {
    Lane* const first = LaneOf(0);
    while (!grown) {
      ASSERT_EQ(LaneOf(0), first);
      for (int32_t i = 0; Lane* const lane = LaneOf(i); ++i) {
        ASSERT_EQ(lane->partition, i);
      }
    }
  });
  for (int count = 2; count <= 300; ++count) Learn(count);
  grown = true;
  chooser.join();
  ASSERT_EQ(added_.size(), 300u);
  for (int32_t i = 0; i < 300; ++i) EXPECT_EQ(LaneOf(i), added_[i]);
}

TEST_F(TopicTableTest, OnceShutNoQueueTakesAnything) {
  Learn(1);
  table_.Shut();
  // Partitions that are found afterwards are shut from the start.
  Learn(2);
  const std::optional<std::string_view> nothing;
  for (int32_t i = 0; i < 2; ++i) {
    const GatheredRecord record{.key = nothing,
                                .value = nothing,
                                .headers = {},
                                .timestamp_ms = 1,
                                .bytes = 100};
    EXPECT_EQ(LaneOf(i)->queue.Append(record, 100, nullptr),
              PartitionQueue::Appended::kShut);
  }
  EXPECT_EQ(table_.accepted(), 0);
}

}  // namespace
}  // namespace barnabas::client
