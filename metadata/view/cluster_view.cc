#include "metadata/view/cluster_view.h"

#include <utility>

#include "metadata/image/topic_state.h"

namespace barnabas::view {
namespace {

struct Count {
  int32_t leaders = 0;
  int32_t replicas = 0;
};

std::map<BrokerId, Count> CountReplicas(const image::ClusterImage& image) {
  std::map<BrokerId, Count> counts;
  image.ForEachTopic([&](const image::TopicState& topic) {
    for (const image::PartitionState& partition : topic.partitions) {
      for (BrokerId id : partition.replicas) ++counts[id].replicas;
      if (partition.HasLeader()) ++counts[partition.leader].leaders;
    }
  });
  return counts;
}

v1::BrokerState StateOf(const image::BrokerState& broker) {
  if (broker.fenced) return v1::BROKER_STATE_FENCED;
  return broker.stopping ? v1::BROKER_STATE_STOPPING : v1::BROKER_STATE_RUNNING;
}

void AddEndpoint(const image::BrokerEndpoint& from, v1::BrokerInfo& to) {
  v1::Endpoint* endpoint = to.add_endpoints();
  endpoint->set_listener(from.listener);
  endpoint->set_host(from.host);
  endpoint->set_port(from.port);
}

v1::BrokerInfo Describe(const image::BrokerState& broker, const Count& count,
                        const ClusterViewOptions& options) {
  v1::BrokerInfo message;
  message.set_id(broker.id.value());
  message.set_rack(broker.rack);
  message.set_state(StateOf(broker));
  if (const auto* endpoint = broker.FindEndpoint(options.listener)) {
    AddEndpoint(*endpoint, message);
  } else {
    for (const auto& each : broker.endpoints) AddEndpoint(each, message);
  }
  message.set_epoch(broker.epoch.value());
  message.set_incarnation_id(broker.incarnation.ToString());
  message.set_directory_id(broker.directory.ToString());
  message.set_version(broker.version);
  message.set_registered_ms(broker.registered_ms);
  message.set_leaders(count.leaders);
  message.set_replicas(count.replicas);
  message.set_draining(broker.draining);
  const auto disk = options.disks.find(broker.id);
  if (disk != options.disks.end()) {
    message.set_disk_used_bytes(disk->second.used_bytes);
    message.set_disk_free_bytes(disk->second.free_bytes);
  }
  return message;
}

}  // namespace

std::vector<v1::BrokerInfo> DescribeBrokers(const image::ClusterImage& image,
                                            const ClusterViewOptions& options) {
  std::map<BrokerId, Count> counts;
  if (options.count_replicas) counts = CountReplicas(image);
  std::vector<v1::BrokerInfo> brokers;
  image.ForEachBroker([&](const image::BrokerState& broker) {
    brokers.push_back(Describe(broker, counts[broker.id], options));
  });
  return brokers;
}

v1::DescribeClusterResponse DescribeCluster(const image::ClusterImage& image,
                                            const ClusterViewOptions& options) {
  v1::DescribeClusterResponse response;
  response.set_cluster_id(image.cluster_id().ToString());
  response.set_metadata_version(image.version().value());
  for (v1::BrokerInfo& broker : DescribeBrokers(image, options)) {
    *response.add_brokers() = std::move(broker);
  }
  for (const image::VoterState& voter : image.voters()) {
    v1::ControllerInfo* controller = response.add_controllers();
    controller->set_id(voter.id.value());
    controller->set_active(voter.id == image.active_controller());
    controller->set_host(voter.host);
    controller->set_port(voter.port);
  }
  response.set_topics(image.totals().topics);
  response.set_partitions(image.totals().partitions);
  return response;
}

}  // namespace barnabas::view
