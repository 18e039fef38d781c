#include "metadata/view/config_view.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "metadata/config/effective.h"
#include "metadata/config/setting.h"
#include "metadata/config/validate.h"
#include "metadata/view/setting_scope.h"
#include "proto/types/status_macros.h"

namespace barnabas::view {
namespace {

v1::DescribedSetting Describe(const image::ClusterImage& image,
                              const SettingScope& scope,
                              const config::Setting& setting) {
  const config::EffectiveValue effective =
      config::Effective(image, setting, scope.key);
  v1::DescribedSetting message;
  message.set_key(setting.key);
  message.set_value(effective.value);
  message.set_origin(effective.origin);
  message.set_default_value(setting.default_value);
  message.set_unit(setting.unit);
  if (setting.kind != config::ValueKind::kText) {
    message.set_minimum(static_cast<double>(setting.minimum));
    message.set_maximum(static_cast<double>(setting.maximum));
  }
  for (const std::string& choice : setting.choices) {
    message.add_choices(choice);
  }
  message.set_change(setting.change);
  message.set_doc(setting.doc);
  return message;
}

// Unknown keys are refused as when they are set.
absl::Status CheckKeys(const SettingScope& scope,
                       const std::set<std::string>& keys) {
  config::SettingList asked;
  for (const std::string& key : keys) {
    if (config::FindSetting(scope.target.scope, key) == nullptr) {
      asked.Add()->set_key(key);
    }
  }
  return config::ValidateChanges(scope.target, {}, asked).status();
}

}  // namespace

absl::StatusOr<v1::DescribeConfigResponse> DescribeConfig(
    const image::ClusterImage& image,
    const v1::DescribeConfigRequest& request) {
  ASSIGN_OR_RETURN(const SettingScope scope,
                   ResolveScope(image, request.scope()));
  const std::set<std::string> keys(request.keys().begin(),
                                   request.keys().end());
  RETURN_IF_ERROR(CheckKeys(scope, keys));
  v1::DescribeConfigResponse response;
  *response.mutable_scope() = request.scope();
  response.set_version(scope.version.value());
  for (const config::Setting* setting :
       config::SettingsOf(scope.target.scope)) {
    if (!keys.empty() && keys.count(setting->key) == 0) continue;
    *response.add_settings() = Describe(image, scope, *setting);
  }
  return response;
}

}  // namespace barnabas::view
