#include "broker/broker_services.h"

#include "broker/service/log_dirs.h"

namespace barnabas::broker {

BrokerServices::BrokerServices(const Deps& deps)
    : producer_(deps.context, deps.ids),
      consumer_(deps.context),
      discovery_(deps.context, deps.board, deps.cluster_id, deps.disk),
      topic_admin_(deps.context, deps.forwarder),
      config_admin_(deps.forwarder),
      cluster_admin_(deps.forwarder->cluster()),
      quorum_admin_(deps.forwarder),
      node_admin_(
          deps.levels, deps.timers,
          [context = deps.context](const v1::DescribeLogDirsRequest& request) {
            return DescribeLogDirs(*context, request);
          }) {}

std::vector<rpc::ServedService> BrokerServices::All() {
  return {
      {v1::Producer::service_full_name(), &producer_},
      {v1::Consumer::service_full_name(), &consumer_},
      {v1::Discovery::service_full_name(), &discovery_},
      {v1::TopicAdmin::service_full_name(), &topic_admin_},
      {v1::ConfigAdmin::service_full_name(), &config_admin_},
      {v1::ClusterAdmin::service_full_name(), &cluster_admin_},
      {v1::QuorumAdmin::service_full_name(), &quorum_admin_},
      {v1::NodeAdmin::service_full_name(), &node_admin_},
  };
}

std::vector<std::string> BrokerServices::Names() {
  return {v1::Producer::service_full_name(),
          v1::Consumer::service_full_name(),
          v1::Discovery::service_full_name(),
          v1::TopicAdmin::service_full_name(),
          v1::ConfigAdmin::service_full_name(),
          v1::ClusterAdmin::service_full_name(),
          v1::QuorumAdmin::service_full_name(),
          v1::NodeAdmin::service_full_name()};
}

}  // namespace barnabas::broker
