// ClusterForwarder: barnabas.v1.ClusterAdmin passed on by this broker.
//
// What: each method is what a gRPC service method returns (one_hop.h).
// Units: none. Empty case: none. Thread: gRPC's threads call in.
// Errors: those of OneHop.
#ifndef BARNABAS_BROKER_CLUSTER_CLUSTER_FORWARDER_H_
#define BARNABAS_BROKER_CLUSTER_CLUSTER_FORWARDER_H_

#include <memory>

#include "barnabas/v1/cluster_admin.pb.h"
#include "broker/cluster/one_hop.h"

namespace barnabas::broker {

class ClusterForwarder {
 public:
  using Reactor = OneHop::Reactor;
  using Context = OneHop::Context;

  // `hop` outlives it.
  static std::unique_ptr<ClusterForwarder> Make(OneHop* hop);
  virtual ~ClusterForwarder() = default;

  virtual Reactor* DrainBrokers(Context* context,
                                const v1::DrainBrokersRequest* request,
                                v1::DrainBrokersResponse* response) = 0;
  virtual Reactor* UndrainBrokers(Context* context,
                                  const v1::UndrainBrokersRequest* request,
                                  v1::UndrainBrokersResponse* response) = 0;
  virtual Reactor* DecommissionBrokers(
      Context* context, const v1::DecommissionBrokersRequest* request,
      v1::DecommissionBrokersResponse* response) = 0;
  virtual Reactor* ElectLeaders(Context* context,
                                const v1::ElectLeadersRequest* request,
                                v1::ElectLeadersResponse* response) = 0;
  virtual Reactor* CheckHealth(Context* context,
                               const v1::CheckHealthRequest* request,
                               v1::CheckHealthResponse* response) = 0;
  virtual Reactor* DescribeFeatures(Context* context,
                                    const v1::DescribeFeaturesRequest* request,
                                    v1::DescribeFeaturesResponse* response) = 0;
  virtual Reactor* UpdateFeatures(Context* context,
                                  const v1::UpdateFeaturesRequest* request,
                                  v1::UpdateFeaturesResponse* response) = 0;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_CLUSTER_FORWARDER_H_
