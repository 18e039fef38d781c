#include "controller/planner/config_planner.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/planner/finish_plan.h"
#include "controller/planner/item_error.h"
#include "controller/planner/partition_planner.h"
#include "metadata/config/quantity.h"
#include "metadata/config/validate.h"
#include "metadata/image/scope_name.h"
#include "metadata/image/topic_state.h"
#include "metadata/view/setting_scope.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"

namespace barnabas::planner {
namespace {

// What one call changed so far.
struct Changes {
  std::set<std::string> seen;
  Records records;
};

struct Item {
  v1::ConfigScope scope;
  const config::SettingList& settings;
  std::optional<int64_t> expected_version;
};

// A minimum above the number of replicas would refuse every write.
absl::Status CheckMinInSync(const view::SettingScope& scope,
                            const std::vector<config::SettingChange>& changes) {
  if (scope.topic == nullptr || scope.topic->partitions.empty()) {
    return absl::OkStatus();
  }
  const int64_t factor =
      static_cast<int64_t>(scope.topic->partitions[0].replicas.size());
  for (const auto& [key, value] : changes) {
    if (key != "min.insync.replicas" || !value.has_value()) continue;
    if (config::ParseInteger(*value).value_or(0) <= factor) continue;
    return WithSetting(
        MakeError(ErrorCode::kInvalidSetting,
                  absl::StrCat("setting \"", key, "\": ", *value,
                               " > replication factor ", factor),
                  absl::StrCat("barnabas topic describe ", scope.topic->name)),
        SettingDetail{key, *value, ""});
  }
  return absl::OkStatus();
}

// Adds the records of one item and gives the version afterwards.
absl::StatusOr<LogIndex> PlanItem(const PlanContext& context, const Item& item,
                                  Changes& changes) {
  ASSIGN_OR_RETURN(const view::SettingScope scope,
                   view::ResolveScope(context.image, item.scope));
  if (!changes.seen.insert(scope.target.ToString()).second) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "the call names it more than once", "name it once");
  }
  if (item.expected_version.has_value()) {
    RETURN_IF_ERROR(CheckVersion(scope.version, *item.expected_version));
  }
  if (item.settings.empty()) {
    return MakeError(ErrorCode::kNothingToChange, "the call gives no settings");
  }
  const image::SettingMap& current =
      context.image.Settings(scope.target.scope, scope.key);
  ASSIGN_OR_RETURN(
      const std::vector<config::SettingChange> wanted,
      config::ValidateChanges(scope.target, current, item.settings));
  RETURN_IF_ERROR(CheckMinInSync(scope, wanted));
  Records records;
  for (const auto& [key, value] : wanted) {
    const auto found = current.find(key);
    const bool holds = value.has_value()
                           ? found != current.end() && found->second == *value
                           : found == current.end();
    if (holds) continue;
    internal::v1::ConfigRecord* record =
        records.emplace_back().mutable_config();
    record->set_scope(std::string(image::NameOf(scope.target.scope)));
    record->set_name(scope.key);
    record->set_key(key);
    if (value.has_value()) record->set_value(*value);
  }
  if (changes.records.size() + records.size() >
      static_cast<size_t>(kRecordsPerPlanMax)) {
    return MakeError(ErrorCode::kLimitExceeded,
                     absl::StrCat("the call would write more than ",
                                  kRecordsPerPlanMax, " records"),
                     "split the call");
  }
  if (records.empty()) return scope.version;
  changes.records.insert(changes.records.end(), records.begin(), records.end());
  return context.offset;
}

std::string TextOf(const v1::ConfigScope& scope) {
  switch (scope.kind()) {
    case v1::SCOPE_KIND_BROKER:
      return absl::StrCat("broker/", scope.name());
    case v1::SCOPE_KIND_TOPIC:
      return absl::StrCat("topic/", scope.name());
    case v1::SCOPE_KIND_CLUSTER:
    case v1::SCOPE_KIND_UNSPECIFIED:
    case v1::ScopeKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ScopeKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "cluster";
}

}  // namespace

absl::StatusOr<command::Planned<v1::AlterTopicsResponse>> PlanAlterTopics(
    const PlanContext& context, const v1::AlterTopicsRequest& request) {
  RETURN_IF_ERROR(CheckItemCount("topics", request.topics_size()));
  v1::AlterTopicsResponse response;
  Changes changes;
  for (const v1::AlterTopic& topic : request.topics()) {
    Item item{{}, topic.settings(), std::nullopt};
    item.scope.set_kind(v1::SCOPE_KIND_TOPIC);
    item.scope.set_name(topic.name());
    if (topic.has_expected_version()) {
      item.expected_version = topic.expected_version();
    }
    v1::TopicResult& result = *response.add_results();
    result.set_name(topic.name());
    const absl::StatusOr<LogIndex> version = PlanItem(context, item, changes);
    if (!version.ok()) {
      *result.mutable_error() = ToProto(
          ItemError("topic", topic.name(), "altered", version.status(),
                    absl::StrCat("barnabas topic describe ", topic.name())));
      continue;
    }
    const image::TopicState& state =
        *context.image.FindTopic(std::string_view(topic.name()));
    result.set_id(state.id.ToString());
    result.set_partitions(static_cast<int32_t>(state.partitions.size()));
    result.set_version(request.validate_only() ? state.version.value()
                                               : version->value());
  }
  return FinishPlan(context, request.validate_only(),
                    std::move(changes.records), std::move(response));
}

absl::StatusOr<command::Planned<v1::AlterConfigResponse>> PlanAlterConfig(
    const PlanContext& context, const v1::AlterConfigRequest& request) {
  RETURN_IF_ERROR(CheckItemCount("scopes", request.changes_size()));
  v1::AlterConfigResponse response;
  Changes changes;
  for (const v1::AlterConfig& change : request.changes()) {
    Item item{change.scope(), change.settings(), std::nullopt};
    if (change.has_expected_version()) {
      item.expected_version = change.expected_version();
    }
    v1::AlterConfigResult& result = *response.add_results();
    *result.mutable_scope() = change.scope();
    const std::string name = TextOf(change.scope());
    const absl::StatusOr<LogIndex> version = PlanItem(context, item, changes);
    if (!version.ok()) {
      *result.mutable_error() =
          ToProto(ItemError("settings of", name, "altered", version.status(),
                            absl::StrCat("barnabas config describe ", name)));
    } else if (!request.validate_only()) {
      result.set_version(version->value());
    }
  }
  return FinishPlan(context, request.validate_only(),
                    std::move(changes.records), std::move(response));
}

}  // namespace barnabas::planner
