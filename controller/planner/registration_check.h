// Registration check: whether a registration may be true at all.
//
// What: what a broker says of itself, against the cluster's identity and
//   against other brokers and controllers, and its features against the
//   cluster's levels; its own earlier lives are broker_planner.h's.
// Units: none. Empty case: a registration without fields is refused.
// Thread: pure function.
// Errors: INCONSISTENT_CLUSTER_ID, INVALID_REGISTRATION, LIMIT_EXCEEDED.
#ifndef BARNABAS_CONTROLLER_PLANNER_REGISTRATION_CHECK_H_
#define BARNABAS_CONTROLLER_PLANNER_REGISTRATION_CHECK_H_

#include "absl/status/status.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::planner {

absl::Status CheckRegistration(const image::ClusterImage& image,
                               const internal::v1::RegisterBroker& from);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_REGISTRATION_CHECK_H_
