#include "controller/planner/topic_creation.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/planner/topic_name.h"
#include "metadata/config/effective.h"
#include "metadata/config/quantity.h"
#include "proto/types/error.h"
#include "proto/types/ids.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"

namespace barnabas::planner {
namespace {

constexpr char kMinInSync[] = "min.insync.replicas";

absl::Status CheckPartitionCount(int64_t count) {
  if (count >= 1 && count <= kPartitionsPerTopicMax) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInvalidPartitionCount,
      absl::StrCat(count, " partitions, not 1…", kPartitionsPerTopicMax),
      "barnabas topic create NAME -p COUNT");
}

// Counts beside a manual assignment must say the same.
absl::Status CheckCounts(const v1::CreateTopic& topic) {
  const int lists = topic.assignments_size();
  if (topic.has_partitions() && topic.partitions() != lists) {
    return MakeError(ErrorCode::kInvalidReplicaAssignment,
                     absl::StrCat(topic.partitions(), " partitions, but ",
                                  lists, " replica lists"),
                     "give lists or counts, not both");
  }
  const int replicas = topic.assignments(0).brokers_size();
  if (topic.has_replication_factor() &&
      topic.replication_factor() != replicas) {
    return MakeError(
        ErrorCode::kInvalidReplicaAssignment,
        absl::StrCat("replication factor ", topic.replication_factor(),
                     ", but ", replicas, " replicas in list 0"),
        "give lists or counts, not both");
  }
  return absl::OkStatus();
}

internal::v1::ClusterRecord SettingRecord(const TopicId& topic,
                                          const config::SettingChange& change) {
  internal::v1::ClusterRecord record;
  record.mutable_config()->set_scope("topic");
  record.mutable_config()->set_name(topic.ToString());
  record.mutable_config()->set_key(change.first);
  if (change.second.has_value()) {
    record.mutable_config()->set_value(*change.second);
  }
  return record;
}

void Describe(const placement::Assignment& assignment,
              v1::TopicResult& result) {
  result.set_partitions(static_cast<int32_t>(assignment.size()));
  result.set_replication_factor(static_cast<int32_t>(assignment[0].size()));
  std::set<BrokerId> brokers;
  for (const std::vector<BrokerId>& replicas : assignment) {
    brokers.insert(replicas.begin(), replicas.end());
  }
  for (BrokerId id : brokers) result.add_brokers(id.value());
}

}  // namespace

TopicCreation::TopicCreation(const PlanContext& context)
    : context_(context),
      cluster_(config::ClusterConfigOf(context.image)),
      draw_(context.seed),
      partitions_(context.image.totals().partitions) {}

void TopicCreation::NoteNames(const v1::CreateTopicsRequest& request) {
  std::set<std::string> seen;
  for (const v1::CreateTopic& topic : request.topics()) {
    if (!seen.insert(topic.name()).second) repeated_.insert(topic.name());
  }
}

absl::Status TopicCreation::CheckName(const std::string& name) const {
  RETURN_IF_ERROR(CheckTopicName(name));
  if (repeated_.count(name) != 0) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "the call names it more than once", "name it once");
  }
  if (context_.image.FindTopic(std::string_view(name)) != nullptr) {
    return MakeError(ErrorCode::kTopicAlreadyExists,
                     "a topic of this name exists",
                     absl::StrCat("barnabas topic describe ", name));
  }
  std::optional<std::string> other = FindCollision(context_.image, name);
  for (const std::string& planned : planned_) {
    if (NamesCollide(planned, name)) other = planned;
  }
  if (!other.has_value()) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidTopicName,
                   absl::StrCat("its name collides with topic \"", *other,
                                "\": '.' and '_' read alike in metrics"),
                   "choose a name that differs in more than '.' and '_'");
}

absl::StatusOr<placement::Assignment> TopicCreation::Assign(
    const v1::CreateTopic& topic) {
  if (topic.assignments_size() > 0) {
    RETURN_IF_ERROR(CheckPartitionCount(topic.assignments_size()));
    RETURN_IF_ERROR(CheckCounts(topic));
    return CheckAssignment(context_.image, topic.assignments());
  }
  const int32_t partitions =
      topic.has_partitions() ? topic.partitions() : cluster_.num_partitions();
  RETURN_IF_ERROR(CheckPartitionCount(partitions));
  const int32_t usual =
      std::min({cluster_.default_replication_factor(),
                LiveBrokerCount(context_.image), context_.in_sync_max});
  const int32_t factor = topic.has_replication_factor()
                             ? topic.replication_factor()
                             : std::max(usual, 1);
  return PlaceReplicas(context_.image, partitions, factor, draw_.Next());
}

absl::StatusOr<std::vector<config::SettingChange>> TopicCreation::CheckSettings(
    const v1::CreateTopic& topic, int32_t factor) const {
  ASSIGN_OR_RETURN(
      std::vector<config::SettingChange> changes,
      config::ValidateChanges({image::ConfigScope::kTopic, topic.name()}, {},
                              topic.settings()));
  bool given = false;
  for (const auto& [key, value] : changes) {
    if (key != kMinInSync || !value.has_value()) continue;
    given = true;
    if (config::ParseInteger(*value).value_or(0) <= factor) continue;
    return WithSetting(
        MakeError(ErrorCode::kInvalidSetting,
                  absl::StrCat("setting \"", kMinInSync, "\": ", *value,
                               " > replication factor ", factor),
                  "a lower min.insync.replicas, or more replicas (-r)"),
        SettingDetail{kMinInSync, *value, ""});
  }
  // A new topic has nothing to unset.
  changes.erase(std::remove_if(changes.begin(), changes.end(),
                               [](const config::SettingChange& change) {
                                 return !change.second.has_value();
                               }),
                changes.end());
  const image::SettingMap& common =
      context_.image.Settings(image::ConfigScope::kCluster, "");
  // Fewer than that are in sync while brokers do not copy records.
  if (!given && factor > 2 && context_.in_sync_max > 1 &&
      common.count(kMinInSync) == 0) {
    changes.emplace_back(kMinInSync, "2");
  }
  return changes;
}

absl::Status TopicCreation::CheckRoom(int64_t partitions,
                                      int64_t records) const {
  if (partitions_ + partitions > kPartitionsPerClusterMax) {
    return MakeError(
        ErrorCode::kLimitExceeded,
        absl::StrCat(partitions, " partitions more make ",
                     partitions_ + partitions, " in the cluster, at most ",
                     kPartitionsPerClusterMax),
        "delete topics, or create it with fewer partitions");
  }
  const int64_t total = static_cast<int64_t>(records_.size()) + records;
  if (total > kRecordsPerPlanMax) {
    return MakeError(ErrorCode::kLimitExceeded,
                     absl::StrCat("the call would write ", total,
                                  " records, at most ", kRecordsPerPlanMax),
                     "split the call");
  }
  return absl::OkStatus();
}

std::string TopicCreation::Warning(
    const std::vector<config::SettingChange>& settings, int32_t factor) const {
  if (factor <= context_.in_sync_max) return "";
  std::string text = absl::StrCat(
      "brokers do not copy records to each other in this release: of ", factor,
      " replicas the leader alone is in sync, and a partition is unavailable "
      "while its leader is down");
  for (const auto& [key, value] : settings) {
    if (key != kMinInSync || !value.has_value()) continue;
    if (config::ParseInteger(*value).value_or(0) <= context_.in_sync_max) {
      continue;
    }
    absl::StrAppend(&text, "; with ", kMinInSync, "=", *value,
                    " produce with acks=all is refused");
  }
  return text;
}

TopicId TopicCreation::NewId() {
  while (true) {
    const uint64_t high = draw_.Next();
    const TopicId id = TopicId::FromRandom(high, draw_.Next());
    if (context_.image.FindTopic(id) == nullptr) return id;
  }
}

absl::Status TopicCreation::Add(const v1::CreateTopic& topic,
                                v1::TopicResult& result) {
  RETURN_IF_ERROR(CheckName(topic.name()));
  ASSIGN_OR_RETURN(const placement::Assignment assignment, Assign(topic));
  ASSIGN_OR_RETURN(
      const std::vector<config::SettingChange> settings,
      CheckSettings(topic, static_cast<int32_t>(assignment[0].size())));
  RETURN_IF_ERROR(
      CheckRoom(assignment.size(), 1 + settings.size() + assignment.size()));
  const TopicId id = NewId();
  internal::v1::TopicRecord* record = records_.emplace_back().mutable_topic();
  record->set_name(topic.name());
  record->set_topic_id(id.ToString());
  for (const config::SettingChange& change : settings) {
    records_.push_back(SettingRecord(id, change));
  }
  for (size_t i = 0; i < assignment.size(); ++i) {
    records_.push_back(NewPartition(context_.image, id,
                                    PartitionIndex(static_cast<int32_t>(i)),
                                    assignment[i], context_.in_sync_max));
  }
  planned_.insert(topic.name());
  partitions_ += static_cast<int64_t>(assignment.size());
  result.set_id(id.ToString());
  Describe(assignment, result);
  result.set_warning(
      Warning(settings, static_cast<int32_t>(assignment[0].size())));
  return absl::OkStatus();
}

}  // namespace barnabas::planner
