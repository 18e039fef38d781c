#include "client/admin/gathered.h"

#include "absl/strings/str_cat.h"

namespace barnabas::client {

std::map<int32_t, std::string> RunningBrokers(
    const v1::DescribeClusterResponse& cluster) {
  std::map<int32_t, std::string> running;
  for (const v1::BrokerInfo& broker : cluster.brokers()) {
    if (broker.state() != v1::BROKER_STATE_RUNNING) continue;
    if (broker.endpoints().empty()) continue;
    const v1::Endpoint& endpoint = broker.endpoints(0);
    running[broker.id()] = absl::StrCat(endpoint.host(), ":", endpoint.port());
  }
  return running;
}

std::set<int32_t> WithoutDisk(const v1::DescribeClusterResponse& cluster) {
  std::set<int32_t> brokers;
  for (const v1::BrokerInfo& broker : cluster.brokers()) {
    const bool told =
        broker.disk_used_bytes() > 0 || broker.disk_free_bytes() > 0;
    if (broker.state() == v1::BROKER_STATE_RUNNING && !told) {
      brokers.insert(broker.id());
    }
  }
  return brokers;
}

void MergeDisks(const v1::DescribeClusterResponse& other,
                v1::DescribeClusterResponse* cluster) {
  for (v1::BrokerInfo& broker : *cluster->mutable_brokers()) {
    for (const v1::BrokerInfo& told : other.brokers()) {
      if (told.id() != broker.id() || told.disk_used_bytes() == 0) continue;
      broker.set_disk_used_bytes(told.disk_used_bytes());
      broker.set_disk_free_bytes(told.disk_free_bytes());
    }
  }
}

std::set<int32_t> LeadersToAsk(const v1::DescribeTopicResponse& topic) {
  std::set<int32_t> leaders;
  for (const v1::PartitionDetail& detail : topic.partitions()) {
    if (!detail.has_log_end() && detail.partition().has_leader()) {
      leaders.insert(detail.partition().leader());
    }
  }
  return leaders;
}

void MergeOffsets(const v1::DescribeTopicResponse& other,
                  v1::DescribeTopicResponse* topic) {
  if (other.id() != topic->id()) return;
  for (v1::PartitionDetail& detail : *topic->mutable_partitions()) {
    if (detail.has_log_end()) continue;
    for (const v1::PartitionDetail& told : other.partitions()) {
      if (told.has_log_end() &&
          told.partition().partition() == detail.partition().partition()) {
        detail = told;
      }
    }
  }
}

bool LacksSizes(const v1::ListTopicsResponse& topics) {
  for (const v1::TopicSummary& topic : topics.topics()) {
    if (topic.sized_partitions() < topic.partitions()) return true;
  }
  return false;
}

void MergeSizes(const v1::ListTopicsResponse& other,
                v1::ListTopicsResponse* topics) {
  std::map<std::string, const v1::TopicSummary*> told;
  for (const v1::TopicSummary& topic : other.topics()) {
    told[topic.id()] = &topic;
  }
  for (v1::TopicSummary& topic : *topics->mutable_topics()) {
    const auto found = told.find(topic.id());
    if (found == told.end()) continue;
    topic.set_size_bytes(topic.size_bytes() + found->second->size_bytes());
    topic.set_sized_partitions(topic.sized_partitions() +
                               found->second->sized_partitions());
  }
}

}  // namespace barnabas::client
