// Broker planner: registration, fencing, return and stop of brokers.
//
// What: the rules of README 29–30.
//
//   | before                          | event          | after             |
//   |---------------------------------|----------------|-------------------|
//   | unknown                         | registers      | fenced            |
//   | same incarnation                | registers      | unchanged         |
//   | other one, stream stands        | registers      | refused (C1)      |
//   | other one, stream ended         | registers      | fenced, new epoch |
//   | other directory, perhaps alive  | registers      | refused           |
//   | other directory, gone, but last in sync of a partition | refused  |
//   | fenced, applied ≥ its epoch     | heartbeat      | running           |
//   | running                         | silent, gone   | fenced            |
//   | running                         | wants to stop  | stopping          |
//   | stopping, others know           | heartbeat      | fenced, may stop  |
//
// Units: offsets of the metadata log. Empty case: no records: no change.
// Thread: pure functions.
// Errors: INCONSISTENT_CLUSTER_ID, INVALID_REGISTRATION, LIMIT_EXCEEDED,
//   DUPLICATE_BROKER_REGISTRATION with how long to wait; of heartbeats
//   BROKER_NOT_REGISTERED, STALE_BROKER_EPOCH.
// Always true: C1, C2 and C3 hold after any of these plans.
#ifndef BARNABAS_CONTROLLER_PLANNER_BROKER_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_BROKER_PLANNER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "controller/planner/partition_planner.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"

namespace barnabas::planner {

// What is known of the process that holds a broker id now.
enum class Holder {
  // Not heard of for a session's time, or known to be gone.
  kGone,
  // Its stream ended; it may be alive behind a broken connection.
  kPerhapsAlive,
  // Its stream stands.
  kConnected,
};

// The response's epoch is that of the plan's single entry, and its times are
// the caller's to fill in.
absl::StatusOr<command::Planned<internal::v1::BrokerRegistered>>
PlanRegistration(const PlanContext& context,
                 const internal::v1::RegisterBroker& registration,
                 Holder holder, int64_t session_ms);

// `others_saw_stop`: every running broker applied what this one's stop
// changed.
absl::StatusOr<command::Planned<internal::v1::BrokerHeartbeatReply>>
PlanHeartbeat(const PlanContext& context, BrokerId broker,
              const internal::v1::BrokerHeartbeat& heartbeat,
              bool others_saw_stop);

// Nothing if the broker is fenced or unknown.
Records PlanFence(const image::ClusterImage& image, BrokerId broker);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_BROKER_PLANNER_H_
