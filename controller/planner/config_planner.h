// Config planner: settings of topics, brokers and the cluster.
//
// What: AlterTopics names topics, AlterConfig names scopes; both set and unset
//   by key. The settings of one item change all or not at all; other items of
//   the call stand by themselves. Setting a value that already holds is no
//   error and writes nothing.
// Units: those of each setting. Empty case: an item without settings is
//   NOTHING_TO_CHANGE.
// Thread: pure functions.
// Errors: INVALID_SETTING listing every fault, UNKNOWN_TOPIC,
//   BROKER_NOT_REGISTERED, VERSION_MISMATCH with both versions.
#ifndef BARNABAS_CONTROLLER_PLANNER_CONFIG_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_CONFIG_PLANNER_H_

#include "absl/status/statusor.h"
#include "barnabas/v1/config_admin.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/planned.h"

namespace barnabas::planner {

absl::StatusOr<command::Planned<v1::AlterTopicsResponse>> PlanAlterTopics(
    const PlanContext& context, const v1::AlterTopicsRequest& request);

absl::StatusOr<command::Planned<v1::AlterConfigResponse>> PlanAlterConfig(
    const PlanContext& context, const v1::AlterConfigRequest& request);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_CONFIG_PLANNER_H_
