// ClusterAdminService: barnabas.v1.ClusterAdmin on a broker.
//
// What: passes everything on to the active controller (README 23).
// Units: none. Empty case: none. Thread: gRPC's threads call in.
// Errors: those of ClusterForwarder.
#ifndef BARNABAS_BROKER_SERVICE_CLUSTER_ADMIN_SERVICE_H_
#define BARNABAS_BROKER_SERVICE_CLUSTER_ADMIN_SERVICE_H_

#include "barnabas/v1/cluster_admin.grpc.pb.h"
#include "broker/cluster/cluster_forwarder.h"

namespace barnabas::broker {

class ClusterAdminService final : public v1::ClusterAdmin::CallbackService {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  explicit ClusterAdminService(ClusterForwarder* forwarder)
      : forwarder_(forwarder) {}

  Reactor* DrainBrokers(Context* context,
                        const v1::DrainBrokersRequest* request,
                        v1::DrainBrokersResponse* response) override {
    return forwarder_->DrainBrokers(context, request, response);
  }
  Reactor* UndrainBrokers(Context* context,
                          const v1::UndrainBrokersRequest* request,
                          v1::UndrainBrokersResponse* response) override {
    return forwarder_->UndrainBrokers(context, request, response);
  }
  Reactor* DecommissionBrokers(
      Context* context, const v1::DecommissionBrokersRequest* request,
      v1::DecommissionBrokersResponse* response) override {
    return forwarder_->DecommissionBrokers(context, request, response);
  }
  Reactor* ElectLeaders(Context* context,
                        const v1::ElectLeadersRequest* request,
                        v1::ElectLeadersResponse* response) override {
    return forwarder_->ElectLeaders(context, request, response);
  }
  Reactor* CheckHealth(Context* context, const v1::CheckHealthRequest* request,
                       v1::CheckHealthResponse* response) override {
    return forwarder_->CheckHealth(context, request, response);
  }
  Reactor* DescribeFeatures(Context* context,
                            const v1::DescribeFeaturesRequest* request,
                            v1::DescribeFeaturesResponse* response) override {
    return forwarder_->DescribeFeatures(context, request, response);
  }
  Reactor* UpdateFeatures(Context* context,
                          const v1::UpdateFeaturesRequest* request,
                          v1::UpdateFeaturesResponse* response) override {
    return forwarder_->UpdateFeatures(context, request, response);
  }

 private:
  ClusterForwarder* const forwarder_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_CLUSTER_ADMIN_SERVICE_H_
