#include "client/cluster_table.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "proto/types/text.h"

namespace barnabas::client {
namespace {

constexpr char kListener[] = "client";

// Where clients reach a broker; empty if nowhere.
std::string ClientEndpoint(const v1::BrokerInfo& broker) {
  const v1::Endpoint* chosen = nullptr;
  for (const v1::Endpoint& endpoint : broker.endpoints()) {
    if (chosen == nullptr || endpoint.listener() == kListener) {
      chosen = &endpoint;
    }
    if (endpoint.listener() == kListener) break;
  }
  if (chosen == nullptr) return "";
  return absl::StrCat(chosen->host(), ":", chosen->port());
}

void UpdateLeaders(const v1::TopicInfo& topic, bool same, KnownTopic* known) {
  if (!same) known->partitions.clear();
  for (const v1::PartitionInfo& partition : topic.partitions()) {
    if (partition.partition() < 0 ||
        partition.partition() >= kPartitionsPerTopicMax) {
      continue;
    }
    const auto index = static_cast<size_t>(partition.partition());
    if (index >= known->partitions.size()) known->partitions.resize(index + 1);
    KnownLeader& leader = known->partitions[index];
    // A broker that lags behind must not undo what is known.
    if (partition.leader_epoch() < leader.epoch) continue;
    leader.broker = partition.has_leader() ? partition.leader() : -1;
    leader.epoch = partition.leader_epoch();
  }
}

}  // namespace

void ClusterTable::Update(const v1::DescribeClusterResponse& cluster) {
  if (!cluster_id_.empty() && cluster_id_ != cluster.cluster_id()) {
    // Another cluster lives at this address now: its epochs begin anew.
    for (auto& [name, topic] : topics_) topic.partitions.clear();
    endpoints_.clear();
  }
  cluster_id_ = cluster.cluster_id();
  live_.clear();
  for (const v1::BrokerInfo& broker : cluster.brokers()) {
    std::string endpoint = ClientEndpoint(broker);
    if (endpoint.empty()) continue;
    endpoints_[broker.id()] = std::move(endpoint);
    if (broker.state() == v1::BROKER_STATE_RUNNING) {
      live_.push_back(broker.id());
    }
  }
}

void ClusterTable::Update(const v1::DescribeTopicsResponse& topics) {
  for (const v1::DescribedTopic& described : topics.topics()) {
    const std::string& name =
        described.name().empty() ? described.topic().name() : described.name();
    KnownTopic& known = topics_[name];
    known.name = name;
    known.status = FromProto(described.error());
    if (!known.status.ok()) continue;
    const bool same = known.id == described.topic().id();
    known.id = described.topic().id();
    UpdateLeaders(described.topic(), same, &known);
  }
}

void ClusterTable::ApplyHint(std::string_view topic, int32_t partition,
                             const LeaderHint& hint) {
  const auto found = topics_.find(AsAbsl(topic));
  if (found == topics_.end() || partition < 0 ||
      static_cast<size_t>(partition) >= found->second.partitions.size()) {
    return;
  }
  KnownLeader& leader =
      found->second.partitions[static_cast<size_t>(partition)];
  if (hint.broker == kNoBroker || hint.epoch.value() < leader.epoch) return;
  leader = {hint.broker.value(), hint.epoch.value()};
  if (!hint.endpoint.empty()) endpoints_[leader.broker] = hint.endpoint;
}

const KnownTopic* ClusterTable::Find(std::string_view topic) const {
  const auto found = topics_.find(AsAbsl(topic));
  return found == topics_.end() ? nullptr : &found->second;
}

const std::string* ClusterTable::EndpointOf(std::string_view topic,
                                            int32_t partition) const {
  const KnownTopic* known = Find(topic);
  if (known == nullptr || partition < 0 ||
      static_cast<size_t>(partition) >= known->partitions.size()) {
    return nullptr;
  }
  return EndpointOfBroker(
      known->partitions[static_cast<size_t>(partition)].broker);
}

const std::string* ClusterTable::EndpointOfBroker(int32_t broker) const {
  const auto found = endpoints_.find(broker);
  return found == endpoints_.end() ? nullptr : &found->second;
}

std::vector<std::string> ClusterTable::LiveEndpoints() const {
  std::vector<std::string> endpoints;
  for (const int32_t broker : live_) {
    const std::string* endpoint = EndpointOfBroker(broker);
    if (endpoint != nullptr) endpoints.push_back(*endpoint);
  }
  return endpoints;
}

}  // namespace barnabas::client
