#include "client/cluster_table.h"

#include <gtest/gtest.h>

#include <string>

namespace barnabas::client {
namespace {

v1::DescribeClusterResponse Cluster(const std::string& id) {
  v1::DescribeClusterResponse cluster;
  cluster.set_cluster_id(id);
  for (const int32_t broker : {100, 101}) {
    v1::BrokerInfo* info = cluster.add_brokers();
    info->set_id(broker);
    info->set_state(broker == 100 ? v1::BROKER_STATE_RUNNING
                                  : v1::BROKER_STATE_FENCED);
    for (const char* listener : {"peer", "client", "http"}) {
      v1::Endpoint* endpoint = info->add_endpoints();
      endpoint->set_listener(listener);
      endpoint->set_host("localhost");
      endpoint->set_port(9000 + broker + (listener[0] == 'c' ? 0 : 1000));
    }
  }
  return cluster;
}

v1::DescribeTopicsResponse Topic(const std::string& id, int32_t leader,
                                 int32_t epoch, int partitions = 2) {
  v1::DescribeTopicsResponse topics;
  v1::DescribedTopic* described = topics.add_topics();
  described->set_name("orders");
  described->mutable_topic()->set_name("orders");
  described->mutable_topic()->set_id(id);
  for (int i = 0; i < partitions; ++i) {
    v1::PartitionInfo* partition = described->mutable_topic()->add_partitions();
    partition->set_partition(i);
    if (leader >= 0) partition->set_leader(leader);
    partition->set_leader_epoch(epoch);
  }
  return topics;
}

LeaderHint Hint(int32_t broker, int32_t epoch, const std::string& endpoint) {
  LeaderHint hint;
  hint.broker = BrokerId(broker);
  hint.epoch = LeaderEpoch(epoch);
  hint.endpoint = endpoint;
  return hint;
}

TEST(ClusterTableTest, NothingIsKnownAtFirst) {
  ClusterTable table;
  EXPECT_EQ(table.Find("orders"), nullptr);
  EXPECT_EQ(table.EndpointOf("orders", 0), nullptr);
  EXPECT_TRUE(table.LiveEndpoints().empty());
}

TEST(ClusterTableTest, LeadersAreReachedOnTheClientListener) {
  ClusterTable table;
  table.Update(Cluster("c"));
  table.Update(Topic("t1", 101, 3));
  ASSERT_NE(table.EndpointOf("orders", 1), nullptr);
  EXPECT_EQ(*table.EndpointOf("orders", 1), "localhost:9101");
  EXPECT_EQ(table.EndpointOf("orders", 2), nullptr);
  EXPECT_EQ(table.EndpointOf("orders", -1), nullptr);
  // Fenced brokers may lead on, but are not asked about others.
  EXPECT_EQ(table.LiveEndpoints(), std::vector<std::string>{"localhost:9100"});
}

TEST(ClusterTableTest, OldNewsDoesNotUndoNewerNews) {
  ClusterTable table;
  table.Update(Cluster("c"));
  table.Update(Topic("t1", 101, 3));
  table.Update(Topic("t1", 100, 2));
  EXPECT_EQ(*table.EndpointOf("orders", 0), "localhost:9101");
  table.Update(Topic("t1", -1, 4));
  EXPECT_EQ(table.EndpointOf("orders", 0), nullptr);
}

TEST(ClusterTableTest, ATopicMadeAnewBeginsAnew) {
  ClusterTable table;
  table.Update(Cluster("c"));
  table.Update(Topic("t1", 101, 9));
  table.Update(Topic("t2", 100, 0, 1));
  EXPECT_EQ(table.Find("orders")->id, "t2");
  EXPECT_EQ(table.Find("orders")->partitions.size(), 1u);
  EXPECT_EQ(*table.EndpointOf("orders", 0), "localhost:9100");
}

TEST(ClusterTableTest, HintsCountUnlessTheyAreOld) {
  ClusterTable table;
  table.Update(Cluster("c"));
  table.Update(Topic("t1", 101, 3));
  table.ApplyHint("orders", 0, Hint(100, 2, "elsewhere:1"));
  EXPECT_EQ(*table.EndpointOf("orders", 0), "localhost:9101");
  table.ApplyHint("orders", 0, Hint(105, 4, "elsewhere:1"));
  EXPECT_EQ(*table.EndpointOf("orders", 0), "elsewhere:1");
  EXPECT_EQ(*table.EndpointOf("orders", 1), "localhost:9101");
  table.ApplyHint("orders", 0, Hint(-1, 9, ""));
  table.ApplyHint("orders", 7, Hint(100, 9, ""));
  table.ApplyHint("unheard", 0, Hint(100, 9, ""));
  EXPECT_EQ(*table.EndpointOf("orders", 0), "elsewhere:1");
}

TEST(ClusterTableTest, AnErrorKeepsWhatWasKnown) {
  ClusterTable table;
  table.Update(Cluster("c"));
  table.Update(Topic("t1", 101, 3));
  v1::DescribeTopicsResponse topics;
  topics.add_topics()->set_name("orders");
  topics.mutable_topics(0)->mutable_error()->set_code(
      v1::ERROR_CODE_UNKNOWN_TOPIC);
  table.Update(topics);
  EXPECT_EQ(CodeOf(table.Find("orders")->status), ErrorCode::kUnknownTopic);
  EXPECT_EQ(*table.EndpointOf("orders", 0), "localhost:9101");
}

TEST(ClusterTableTest, AnotherClusterAtTheSameAddressForgetsLeaders) {
  ClusterTable table;
  table.Update(Cluster("c"));
  table.Update(Topic("t1", 101, 3));
  table.Update(Cluster("d"));
  EXPECT_EQ(table.EndpointOf("orders", 0), nullptr);
  table.Update(Topic("t1", 100, 0));
  EXPECT_EQ(*table.EndpointOf("orders", 0), "localhost:9100");
}

TEST(ClusterTableTest, AbsurdPartitionsAreIgnored) {
  ClusterTable table;
  v1::DescribeTopicsResponse topics = Topic("t1", 100, 1);
  topics.mutable_topics(0)
      ->mutable_topic()
      ->mutable_partitions(0)
      ->set_partition(2'000'000'000);
  topics.mutable_topics(0)
      ->mutable_topic()
      ->mutable_partitions(1)
      ->set_partition(-5);
  table.Update(topics);
  EXPECT_TRUE(table.Find("orders")->partitions.empty());
}

}  // namespace
}  // namespace barnabas::client
