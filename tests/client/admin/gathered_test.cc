// Answers of several brokers become one.
#include "client/admin/gathered.h"

#include <gtest/gtest.h>

namespace barnabas::client {
namespace {

v1::BrokerInfo* AddBroker(int32_t id, v1::BrokerState state, int64_t used,
                          v1::DescribeClusterResponse* cluster) {
  v1::BrokerInfo* broker = cluster->add_brokers();
  broker->set_id(id);
  broker->set_state(state);
  broker->set_disk_used_bytes(used);
  v1::Endpoint* endpoint = broker->add_endpoints();
  endpoint->set_host("h");
  endpoint->set_port(id);
  return broker;
}

void AddPartition(int32_t index, int32_t leader, int64_t end,
                  v1::DescribeTopicResponse* topic) {
  v1::PartitionDetail* detail = topic->add_partitions();
  detail->mutable_partition()->set_partition(index);
  if (leader >= 0) detail->mutable_partition()->set_leader(leader);
  if (end >= 0) detail->set_log_end(end);
}

TEST(Gathered, DisksComeFromEachBrokerItself) {
  v1::DescribeClusterResponse cluster;
  AddBroker(1, v1::BROKER_STATE_RUNNING, 10, &cluster);
  AddBroker(2, v1::BROKER_STATE_RUNNING, 0, &cluster);
  AddBroker(3, v1::BROKER_STATE_FENCED, 0, &cluster);
  EXPECT_EQ(RunningBrokers(cluster),
            (std::map<int32_t, std::string>{{1, "h:1"}, {2, "h:2"}}));
  EXPECT_EQ(WithoutDisk(cluster), std::set<int32_t>{2});
  v1::DescribeClusterResponse other;
  AddBroker(1, v1::BROKER_STATE_RUNNING, 0, &other);
  AddBroker(2, v1::BROKER_STATE_RUNNING, 20, &other)->set_disk_free_bytes(5);
  MergeDisks(other, &cluster);
  EXPECT_EQ(cluster.brokers(0).disk_used_bytes(), 10);
  EXPECT_EQ(cluster.brokers(1).disk_used_bytes(), 20);
  EXPECT_EQ(cluster.brokers(1).disk_free_bytes(), 5);
}

TEST(Gathered, OffsetsComeFromLeaders) {
  v1::DescribeTopicResponse topic;
  topic.set_id("x");
  AddPartition(0, 1, 7, &topic);
  AddPartition(1, 2, -1, &topic);
  AddPartition(2, -1, -1, &topic);
  EXPECT_EQ(LeadersToAsk(topic), std::set<int32_t>{2});
  v1::DescribeTopicResponse other;
  other.set_id("y");
  AddPartition(1, 2, 9, &other);
  MergeOffsets(other, &topic);
  EXPECT_FALSE(topic.partitions(1).has_log_end()) << "another topic";
  other.set_id("x");
  AddPartition(0, 1, 99, &other);
  MergeOffsets(other, &topic);
  EXPECT_EQ(topic.partitions(0).log_end(), 7);
  EXPECT_EQ(topic.partitions(1).log_end(), 9);
  EXPECT_FALSE(topic.partitions(2).has_log_end());
}

TEST(Gathered, SizesAddUp) {
  v1::ListTopicsResponse topics;
  v1::TopicSummary* topic = topics.add_topics();
  topic->set_id("x");
  topic->set_partitions(3);
  topic->set_sized_partitions(1);
  topic->set_size_bytes(10);
  EXPECT_TRUE(LacksSizes(topics));
  v1::ListTopicsResponse other = topics;
  other.mutable_topics(0)->set_sized_partitions(2);
  other.mutable_topics(0)->set_size_bytes(5);
  *other.add_topics() = other.topics(0);
  other.mutable_topics(1)->set_id("only there");
  MergeSizes(other, &topics);
  EXPECT_FALSE(LacksSizes(topics));
  EXPECT_EQ(topics.topics(0).size_bytes(), 15);
  EXPECT_EQ(topics.topics_size(), 1);
}

}  // namespace
}  // namespace barnabas::client
