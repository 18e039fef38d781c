#include "client/admin/cluster_admin.h"

#include "barnabas/v1/cluster_admin.grpc.pb.h"
#include "client/admin/node_ask.h"

namespace barnabas::client {
namespace {

class AnyNodeCluster final : public ClusterAdmin {
 public:
  explicit AnyNodeCluster(NodeCaller* caller) : caller_(caller) {}

  absl::StatusOr<v1::DrainBrokersResponse> DrainBrokers(
      const v1::DrainBrokersRequest& request) override {
    return Ask<v1::ClusterAdmin, v1::DrainBrokersResponse>(
        caller_, CallKind::kWrite, request,
        &v1::ClusterAdmin::Stub::DrainBrokers);
  }
  absl::StatusOr<v1::UndrainBrokersResponse> UndrainBrokers(
      const v1::UndrainBrokersRequest& request) override {
    return Ask<v1::ClusterAdmin, v1::UndrainBrokersResponse>(
        caller_, CallKind::kWrite, request,
        &v1::ClusterAdmin::Stub::UndrainBrokers);
  }
  absl::StatusOr<v1::DecommissionBrokersResponse> DecommissionBrokers(
      const v1::DecommissionBrokersRequest& request) override {
    return Ask<v1::ClusterAdmin, v1::DecommissionBrokersResponse>(
        caller_, CallKind::kWrite, request,
        &v1::ClusterAdmin::Stub::DecommissionBrokers);
  }
  absl::StatusOr<v1::ElectLeadersResponse> ElectLeaders(
      const v1::ElectLeadersRequest& request) override {
    return Ask<v1::ClusterAdmin, v1::ElectLeadersResponse>(
        caller_, CallKind::kWrite, request,
        &v1::ClusterAdmin::Stub::ElectLeaders);
  }
  absl::StatusOr<v1::CheckHealthResponse> CheckHealth(
      const v1::CheckHealthRequest& request) override {
    return Ask<v1::ClusterAdmin, v1::CheckHealthResponse>(
        caller_, CallKind::kRead, request,
        &v1::ClusterAdmin::Stub::CheckHealth);
  }
  absl::StatusOr<v1::DescribeFeaturesResponse> DescribeFeatures(
      const v1::DescribeFeaturesRequest& request) override {
    return Ask<v1::ClusterAdmin, v1::DescribeFeaturesResponse>(
        caller_, CallKind::kRead, request,
        &v1::ClusterAdmin::Stub::DescribeFeatures);
  }
  absl::StatusOr<v1::UpdateFeaturesResponse> UpdateFeatures(
      const v1::UpdateFeaturesRequest& request) override {
    return Ask<v1::ClusterAdmin, v1::UpdateFeaturesResponse>(
        caller_, CallKind::kWrite, request,
        &v1::ClusterAdmin::Stub::UpdateFeatures);
  }

 private:
  NodeCaller* const caller_;
};

}  // namespace

std::unique_ptr<ClusterAdmin> ClusterAdmin::Make(NodeCaller* caller) {
  return std::make_unique<AnyNodeCluster>(caller);
}

}  // namespace barnabas::client
