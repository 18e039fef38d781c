// Registrations of brokers in one line each.
//
// What: the registration that a broker of ImageBuilder's cluster would send.
// Units: none. Empty case: none. Thread: that of the test. Errors: none.
#ifndef BARNABAS_TESTS_CONTROLLER_PLANNER_REGISTRATIONS_H_
#define BARNABAS_TESTS_CONTROLLER_PLANNER_REGISTRATIONS_H_

#include <cstdint>

#include "barnabas/internal/v1/controller.pb.h"
#include "metadata/image/features.h"
#include "tests/metadata/image/image_builder.h"

namespace barnabas::planner {

// Directory TestId(1000 + id), as ImageBuilder gives brokers; `life` tells
// incarnations apart.
inline internal::v1::RegisterBroker Registration(int32_t id, uint64_t life) {
  internal::v1::RegisterBroker registration;
  registration.set_cluster_id(image::TestId(0).ToString());
  registration.set_broker_id(id);
  registration.set_incarnation_id(image::TestId(100'000 + life).ToString());
  registration.set_directory_id(image::TestId(1000 + id).ToString());
  registration.set_version("1.0");
  internal::v1::BrokerEndpoint* endpoint = registration.add_endpoints();
  endpoint->set_listener("client");
  endpoint->set_host("localhost");
  endpoint->set_port(9292);
  image::WriteRanges(image::UnderstoodFeatures(),
                     *registration.mutable_features());
  return registration;
}

}  // namespace barnabas::planner

#endif  // BARNABAS_TESTS_CONTROLLER_PLANNER_REGISTRATIONS_H_
