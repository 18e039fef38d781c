// ClusterAdminService: barnabas.v1.ClusterAdmin on a controller.
//
// What: changes go through the driver to the active core; health and features
//   are answered by the controller that leads, which knows the other voters.
// Units: none. Empty case: none.
// Thread: gRPC's threads call in; the rest on the loop, but for looking at all
//   partitions, which a worker does.
// Errors: those of the core; NOT_CONTROLLER with a hint; OVERLOADED.
// Always true: each call is answered once.
#ifndef BARNABAS_CONTROLLER_SERVICE_CLUSTER_ADMIN_SERVICE_H_
#define BARNABAS_CONTROLLER_SERVICE_CLUSTER_ADMIN_SERVICE_H_

#include <vector>

#include "barnabas/v1/cluster_admin.grpc.pb.h"
#include "controller/quorum/metadata_quorum.h"
#include "controller/service/active_driver.h"
#include "controller/service/quorum_peers.h"
#include "metadata/raft/voter_set.h"
#include "metadata/view/feature_view.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class ClusterAdminService final : public v1::ClusterAdmin::CallbackService {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  // All outlive the service.
  struct Deps {
    env::EventLoop* loop = nullptr;
    env::WorkerPool* workers = nullptr;
    ActiveDriver* driver = nullptr;
    quorum::MetadataQuorum* quorum = nullptr;
    QuorumPeers* peers = nullptr;
    raft::ReplicaKey self;
  };

  explicit ClusterAdminService(const Deps& deps) : deps_(deps) {}

  Reactor* DrainBrokers(Context* context,
                        const v1::DrainBrokersRequest* request,
                        v1::DrainBrokersResponse* response) override;
  Reactor* UndrainBrokers(Context* context,
                          const v1::UndrainBrokersRequest* request,
                          v1::UndrainBrokersResponse* response) override;
  Reactor* DecommissionBrokers(
      Context* context, const v1::DecommissionBrokersRequest* request,
      v1::DecommissionBrokersResponse* response) override;
  Reactor* ElectLeaders(Context* context,
                        const v1::ElectLeadersRequest* request,
                        v1::ElectLeadersResponse* response) override;
  Reactor* CheckHealth(Context* context, const v1::CheckHealthRequest* request,
                       v1::CheckHealthResponse* response) override;
  Reactor* DescribeFeatures(Context* context,
                            const v1::DescribeFeaturesRequest* request,
                            v1::DescribeFeaturesResponse* response) override;
  Reactor* UpdateFeatures(Context* context,
                          const v1::UpdateFeaturesRequest* request,
                          v1::UpdateFeaturesResponse* response) override;

 private:
  // Runs `work` on the loop where this controller leads; else answers why not.
  template <typename Work>
  Reactor* WhereLeading(Context* context, Work work);
  std::vector<view::VoterFeatures> VotersFeatures() const;

  const Deps deps_;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_CLUSTER_ADMIN_SERVICE_H_
