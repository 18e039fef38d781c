// BrokerServices: every gRPC service that a broker's client listener serves.
//
// What: makes the service objects and names them for listener and health.
// Units: none. Empty case: none.
// Thread: made by the process; gRPC's threads call in.
// Errors: none of its own.
#ifndef BARNABAS_BROKER_BROKER_SERVICES_H_
#define BARNABAS_BROKER_BROKER_SERVICES_H_

#include <string>
#include <vector>

#include "broker/cluster/admin_forwarder.h"
#include "broker/cluster/producer_id_block.h"
#include "broker/service/cluster_admin_service.h"
#include "broker/service/config_admin_service.h"
#include "broker/service/consumer_service.h"
#include "broker/service/discovery_service.h"
#include "broker/service/metadata_board.h"
#include "broker/service/producer_service.h"
#include "broker/service/quorum_admin_service.h"
#include "broker/service/service_context.h"
#include "broker/service/topic_admin_service.h"
#include "client/serving/listener.h"
#include "client/serving/node_admin.h"
#include "storage/env/event_loop.h"
#include "storage/env/logging.h"

namespace barnabas::broker {

class BrokerServices {
 public:
  // All outlive the services.
  struct Deps {
    const ServiceContext* context = nullptr;
    MetadataBoard* board = nullptr;
    ProducerIdBlock* ids = nullptr;
    AdminForwarder* forwarder = nullptr;
    env::LogLevels* levels = nullptr;
    env::EventLoop* timers = nullptr;
    std::string cluster_id;
    DiscoveryService::DiskProbe disk;
  };

  explicit BrokerServices(const Deps& deps);

  std::vector<rpc::ServedService> All();
  static std::vector<std::string> Names();

 private:
  ProducerService producer_;
  ConsumerService consumer_;
  DiscoveryService discovery_;
  TopicAdminService topic_admin_;
  ConfigAdminService config_admin_;
  ClusterAdminService cluster_admin_;
  QuorumAdminService quorum_admin_;
  rpc::NodeAdminService node_admin_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_BROKER_SERVICES_H_
