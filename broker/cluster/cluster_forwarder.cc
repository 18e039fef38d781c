#include "broker/cluster/cluster_forwarder.h"

#include "barnabas/v1/cluster_admin.grpc.pb.h"

namespace barnabas::broker {
namespace {

class HoppingCluster final : public ClusterForwarder {
 public:
  explicit HoppingCluster(OneHop* hop) : hop_(hop) {}

  Reactor* DrainBrokers(Context* context,
                        const v1::DrainBrokersRequest* request,
                        v1::DrainBrokersResponse* response) override {
    return hop_->Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ClusterAdmin::NewStub(channel)->async()->DrainBrokers(call...);
        });
  }

  Reactor* UndrainBrokers(Context* context,
                          const v1::UndrainBrokersRequest* request,
                          v1::UndrainBrokersResponse* response) override {
    return hop_->Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ClusterAdmin::NewStub(channel)->async()->UndrainBrokers(call...);
        });
  }

  Reactor* DecommissionBrokers(
      Context* context, const v1::DecommissionBrokersRequest* request,
      v1::DecommissionBrokersResponse* response) override {
    return hop_->Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ClusterAdmin::NewStub(channel)->async()->DecommissionBrokers(
              call...);
        });
  }

  Reactor* ElectLeaders(Context* context,
                        const v1::ElectLeadersRequest* request,
                        v1::ElectLeadersResponse* response) override {
    return hop_->Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ClusterAdmin::NewStub(channel)->async()->ElectLeaders(call...);
        });
  }

  Reactor* CheckHealth(Context* context, const v1::CheckHealthRequest* request,
                       v1::CheckHealthResponse* response) override {
    return hop_->Forward(
        context, request, response, false,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ClusterAdmin::NewStub(channel)->async()->CheckHealth(call...);
        });
  }

  Reactor* DescribeFeatures(Context* context,
                            const v1::DescribeFeaturesRequest* request,
                            v1::DescribeFeaturesResponse* response) override {
    return hop_->Forward(
        context, request, response, false,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ClusterAdmin::NewStub(channel)->async()->DescribeFeatures(
              call...);
        });
  }

  Reactor* UpdateFeatures(Context* context,
                          const v1::UpdateFeaturesRequest* request,
                          v1::UpdateFeaturesResponse* response) override {
    return hop_->Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ClusterAdmin::NewStub(channel)->async()->UpdateFeatures(call...);
        });
  }

 private:
  OneHop* const hop_;
};

}  // namespace

std::unique_ptr<ClusterForwarder> ClusterForwarder::Make(OneHop* hop) {
  return std::make_unique<HoppingCluster>(hop);
}

}  // namespace barnabas::broker
