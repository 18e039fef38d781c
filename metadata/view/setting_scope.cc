#include "metadata/view/setting_scope.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/common.pb.h"
#include "metadata/config/quantity.h"
#include "metadata/image/image_parts.h"
#include "metadata/view/topic_ref.h"
#include "proto/types/error.h"
#include "proto/types/ids.h"
#include "proto/types/status_macros.h"

namespace barnabas::view {
namespace {

using image::ConfigScope;

absl::StatusOr<SettingScope> ClusterScope(const image::ClusterImage& image,
                                          const v1::ConfigScope& scope) {
  if (!scope.name().empty()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("the cluster scope has no name, not \"",
                                  scope.name(), "\""),
                     "barnabas config describe cluster");
  }
  SettingScope found;
  found.target = {ConfigScope::kCluster, ""};
  found.version = image::SettingsVersion(image, ConfigScope::kCluster, "");
  return found;
}

absl::StatusOr<SettingScope> BrokerScope(const image::ClusterImage& image,
                                         const v1::ConfigScope& scope) {
  const std::optional<int64_t> id = config::ParseInteger(scope.name());
  if (!id.has_value() || *id < 0 || *id > std::numeric_limits<int32_t>::max()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("\"", scope.name(), "\" is not a broker id"),
                     "barnabas broker list");
  }
  const BrokerId broker(static_cast<int32_t>(*id));
  if (image.FindBroker(broker) == nullptr) {
    return MakeError(ErrorCode::kBrokerNotRegistered,
                     absl::StrCat("no broker has the id ", broker.value()),
                     "barnabas broker list");
  }
  SettingScope found;
  found.key = broker.ToString();
  found.target = {ConfigScope::kBroker, found.key};
  found.version =
      image::SettingsVersion(image, ConfigScope::kBroker, found.key);
  return found;
}

absl::StatusOr<SettingScope> TopicScope(const image::ClusterImage& image,
                                        const v1::ConfigScope& scope) {
  v1::TopicRef reference;
  reference.set_name(scope.name());
  ASSIGN_OR_RETURN(const image::TopicState* const topic,
                   ResolveTopic(image, reference));
  SettingScope found;
  found.key = topic->id.ToString();
  found.target = {ConfigScope::kTopic, topic->name};
  found.version = topic->version;
  found.topic = topic;
  return found;
}

}  // namespace

absl::StatusOr<SettingScope> ResolveScope(const image::ClusterImage& image,
                                          const v1::ConfigScope& scope) {
  switch (scope.kind()) {
    case v1::SCOPE_KIND_CLUSTER:
      return ClusterScope(image, scope);
    case v1::SCOPE_KIND_BROKER:
      return BrokerScope(image, scope);
    case v1::SCOPE_KIND_TOPIC:
      return TopicScope(image, scope);
    case v1::SCOPE_KIND_UNSPECIFIED:
    case v1::ScopeKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ScopeKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return MakeError(ErrorCode::kInvalidRequest, "a scope without a known kind",
                   "cluster, broker/ID or topic/NAME");
}

}  // namespace barnabas::view
