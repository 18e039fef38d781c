// SettingScope: the object that a ConfigScope message names.
//
// What: a scope of config_admin.proto, checked against an image: which object,
//   under which key its overrides stand, and their version.
// Units: version is a metadata offset; -1 if nothing was ever set.
// Empty case: the cluster has an empty key.
// Thread: pure functions.
// Errors: UNKNOWN_TOPIC, BROKER_NOT_REGISTERED, INVALID_REQUEST for a scope
//   without kind or a broker that is no number.
#ifndef BARNABAS_METADATA_VIEW_SETTING_SCOPE_H_
#define BARNABAS_METADATA_VIEW_SETTING_SCOPE_H_

#include <string>

#include "absl/status/statusor.h"
#include "barnabas/v1/config_admin.pb.h"
#include "metadata/config/validate.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/topic_state.h"
#include "proto/types/offsets.h"

namespace barnabas::view {

struct SettingScope {
  // As people name it.
  config::SettingTarget target;
  // As the image names it: a topic id's text, a broker id's text, or empty.
  std::string key;
  LogIndex version{-1};
  // Only of a topic.
  const image::TopicState* topic = nullptr;
};

// Borrows from the image.
absl::StatusOr<SettingScope> ResolveScope(const image::ClusterImage& image,
                                          const v1::ConfigScope& scope);

}  // namespace barnabas::view

#endif  // BARNABAS_METADATA_VIEW_SETTING_SCOPE_H_
