// Validation of settings: every fault is listed, not the first one only.
//
// What: turns what a caller asked for into changes that may be recorded.
//   Numbers may carry units ("7d", "64MiB"); what is recorded is the plain
//   number, so that all nodes read the same text.
// Units: those of the setting.
// Empty case: no settings, no changes.
// Thread: pure functions.
// Errors: INVALID_SETTING with all faults, the first one as typed detail.
#ifndef BARNABAS_METADATA_CONFIG_VALIDATE_H_
#define BARNABAS_METADATA_CONFIG_VALIDATE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "google/protobuf/repeated_field.h"
#include "metadata/config/setting.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::config {

// Key and canonical value; nullopt unsets.
using SettingChange = std::pair<std::string, std::optional<std::string>>;
using SettingList = google::protobuf::RepeatedPtrField<v1::SettingValue>;

// Whose settings these are.
struct SettingTarget {
  image::ConfigScope scope = image::ConfigScope::kCluster;
  // Topic name or broker id, for messages and hints.
  std::string name;

  // "topic/orders", "broker/100", "cluster": as commands spell it.
  std::string ToString() const;
};

// `text` as it is recorded.
absl::StatusOr<std::string> CanonicalValue(const Setting& setting,
                                           std::string_view text);

// The changes that `asked` makes to the overrides `current`; unset keys need
// not be set. Also holds the rules between settings against the outcome.
absl::StatusOr<std::vector<SettingChange>> ValidateChanges(
    const SettingTarget& target, const image::SettingMap& current,
    const SettingList& asked);

}  // namespace barnabas::config

#endif  // BARNABAS_METADATA_CONFIG_VALIDATE_H_
