// ClusterAdmin: calls about the cluster as a whole.
//
// What: any node of the cluster passes them on to the controller that leads.
// Place: Admin::cluster().
// Units: as in the messages. Empty case: as in the API.
// Thread: any thread; calls block up to the deadline.
// Errors: as Admin.
#ifndef BARNABAS_CLIENT_ADMIN_CLUSTER_ADMIN_H_
#define BARNABAS_CLIENT_ADMIN_CLUSTER_ADMIN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "barnabas/v1/cluster_admin.pb.h"
#include "client/admin/node_caller.h"

namespace barnabas::client {

class ClusterAdmin {
 public:
  // `caller` outlives it.
  static std::unique_ptr<ClusterAdmin> Make(NodeCaller* caller);

  virtual ~ClusterAdmin() = default;

  virtual absl::StatusOr<v1::DrainBrokersResponse> DrainBrokers(
      const v1::DrainBrokersRequest& request) = 0;
  virtual absl::StatusOr<v1::UndrainBrokersResponse> UndrainBrokers(
      const v1::UndrainBrokersRequest& request) = 0;
  virtual absl::StatusOr<v1::DecommissionBrokersResponse> DecommissionBrokers(
      const v1::DecommissionBrokersRequest& request) = 0;
  virtual absl::StatusOr<v1::ElectLeadersResponse> ElectLeaders(
      const v1::ElectLeadersRequest& request) = 0;
  virtual absl::StatusOr<v1::CheckHealthResponse> CheckHealth(
      const v1::CheckHealthRequest& request) = 0;
  virtual absl::StatusOr<v1::DescribeFeaturesResponse> DescribeFeatures(
      const v1::DescribeFeaturesRequest& request) = 0;
  virtual absl::StatusOr<v1::UpdateFeaturesResponse> UpdateFeatures(
      const v1::UpdateFeaturesRequest& request) = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_ADMIN_CLUSTER_ADMIN_H_
