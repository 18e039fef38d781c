// TopicCreation: the plan of one CreateTopics call in the making.
//
// What: checks one topic after the other on top of the image and of the topics
//   planned before it, and collects records. Not given: partitions are
//   num.partitions, the factor is default.replication.factor but at most the
//   live brokers and what brokers keep in sync, and with more than two replicas
//   in sync min.insync.replicas becomes 2 unless the cluster says otherwise. A
//   factor above what is kept in sync is taken with a warning.
// Units: counts. Empty case: no topics, no records.
// Thread: one at a time.
// Errors: INVALID_TOPIC_NAME, TOPIC_ALREADY_EXISTS, INVALID_PARTITION_COUNT,
//   INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, INVALID_SETTING,
//   LIMIT_EXCEEDED, BROKER_NOT_AVAILABLE, INVALID_REQUEST.
// Always true: a topic that failed left nothing behind.
#ifndef BARNABAS_CONTROLLER_PLANNER_TOPIC_CREATION_H_
#define BARNABAS_CONTROLLER_PLANNER_TOPIC_CREATION_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/config.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "controller/planner/partition_planner.h"
#include "controller/planner/plan_context.h"
#include "metadata/command/draw.h"
#include "metadata/config/validate.h"
#include "metadata/placement/replica_placer.h"
#include "proto/types/uuid.h"

namespace barnabas::planner {

class TopicCreation {
 public:
  explicit TopicCreation(const PlanContext& context);

  // Names that the call gives more than once: all of them are refused.
  void NoteNames(const v1::CreateTopicsRequest& request);
  // Fills id, counts and brokers of `result`.
  absl::Status Add(const v1::CreateTopic& topic, v1::TopicResult& result);

  Records TakeRecords() { return std::move(records_); }

 private:
  absl::Status CheckName(const std::string& name) const;
  absl::StatusOr<placement::Assignment> Assign(const v1::CreateTopic& topic);
  absl::StatusOr<std::vector<config::SettingChange>> CheckSettings(
      const v1::CreateTopic& topic, int32_t factor) const;
  // What its maker should know of it; empty: nothing.
  std::string Warning(const std::vector<config::SettingChange>& settings,
                      int32_t factor) const;
  absl::Status CheckRoom(int64_t partitions, int64_t records) const;
  TopicId NewId();

  const PlanContext context_;
  const v1::ClusterConfig cluster_;

  command::Draw draw_;
  std::set<std::string> repeated_;
  std::set<std::string> planned_;
  int64_t partitions_;
  Records records_;
};

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_TOPIC_CREATION_H_
