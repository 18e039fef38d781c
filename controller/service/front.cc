#include "controller/service/front.h"

#include "controller/service/broker_sessions.h"
#include "controller/service/change_log.h"
#include "controller/service/cluster_admin_service.h"
#include "controller/service/config_admin_service.h"
#include "controller/service/controller_service.h"
#include "controller/service/discovery_service.h"
#include "controller/service/gone_probe.h"
#include "controller/service/metadata_feeds.h"
#include "controller/service/metadata_watches.h"
#include "controller/service/quorum_admin_service.h"
#include "controller/service/topic_admin_service.h"
#include "storage/env/net/connect_probe.h"

namespace barnabas::controller {
namespace {

class WiredFront final : public Front {
 public:
  explicit WiredFront(const Deps& deps)
      : driver_(deps.driver),
        peers_(deps.peers),
        probe_(deps.loop, deps.workers, env::ProbeConnect),
        sessions_(deps.loop, deps.driver, &probe_),
        feeds_({deps.loop, deps.workers, deps.driver, deps.quorum}),
        watches_(deps.loop, deps.driver),
        controller_(deps.driver, &sessions_, &feeds_),
        topics_(deps.driver),
        config_(deps.driver),
        discovery_({deps.loop, deps.driver, &watches_, deps.self.id,
                    deps.cluster_id, deps.started_ms}),
        cluster_({deps.loop, deps.workers, deps.driver, deps.quorum, deps.peers,
                  deps.self}),
        quorum_({deps.loop, deps.driver, deps.quorum, deps.peers, deps.self,
                 deps.cluster_id}) {}

  std::vector<rpc::ServedService> services() override {
    return {
        {internal::v1::Controller::service_full_name(), &controller_},
        {internal::v1::Quorum::service_full_name(), peers_},
        {v1::TopicAdmin::service_full_name(), &topics_},
        {v1::ConfigAdmin::service_full_name(), &config_},
        {v1::Discovery::service_full_name(), &discovery_},
        {v1::ClusterAdmin::service_full_name(), &cluster_},
        {v1::QuorumAdmin::service_full_name(), &quorum_},
    };
  }

  void Start() override {
    LogChanges(driver_);
    feeds_.Start();
    watches_.Start();
  }

  void Stop() override {
    probe_.Stop();
    watches_.Stop();
    feeds_.Stop();
    quorum_.Stop();
    driver_->Stop();
    peers_->Stop();
  }

  int32_t sessions() const override { return sessions_.open(); }

 private:
  ActiveDriver* const driver_;
  QuorumPeers* const peers_;
  GoneProbe probe_;
  BrokerSessions sessions_;
  MetadataFeeds feeds_;
  MetadataWatches watches_;
  ControllerService controller_;
  TopicAdminService topics_;
  ConfigAdminService config_;
  DiscoveryService discovery_;
  ClusterAdminService cluster_;
  QuorumAdminService quorum_;
};

}  // namespace

std::unique_ptr<Front> Front::Make(const Deps& deps) {
  return std::make_unique<WiredFront>(deps);
}

}  // namespace barnabas::controller
