// Setting: one setting as its annotation in config.proto describes it.
//
// What: the table of all settings that live in the cluster, read from the
//   descriptors; nothing is defined twice. A setting has a home: cluster,
//   broker or topic. It can be overridden there and, as a default for all, at
//   the cluster.
// Units: bounds are inclusive and in the setting's own unit.
// Empty case: a text without choices may be anything.
// Thread: constant tables; any thread.
// Errors: none; look-ups answer nullptr for unknown keys.
// Always true: keys are unique over all homes; every default is valid.
#ifndef BARNABAS_METADATA_CONFIG_SETTING_H_
#define BARNABAS_METADATA_CONFIG_SETTING_H_

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "barnabas/v1/setting.pb.h"
#include "google/protobuf/descriptor.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::config {

enum class ValueKind { kInteger, kRatio, kText };

struct Setting {
  std::string key;
  std::string default_value;
  std::string doc;
  image::ConfigScope home = image::ConfigScope::kCluster;
  ValueKind kind = ValueKind::kText;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  v1::Change change = v1::CHANGE_UNSPECIFIED;
  // Bounds of numbers; ratios have whole ones.
  int64_t minimum = std::numeric_limits<int64_t>::min();
  int64_t maximum = std::numeric_limits<int64_t>::max();
  std::vector<std::string> choices;
  // Where the cluster keeps the default for all; the same key unless the
  // annotation says otherwise.
  std::string cluster_key;
  // The field of config.proto.
  const google::protobuf::FieldDescriptor* field = nullptr;
};

// Settings that may be set at `scope`, its own ones first, in order of
// config.proto.
const std::vector<const Setting*>& SettingsOf(image::ConfigScope scope);

// The setting of this key that may be set at `scope`.
const Setting* FindSetting(image::ConfigScope scope, std::string_view key);

// The known key of `scope` nearest to a misspelt one; empty if none is near.
std::string NearestKey(image::ConfigScope scope, std::string_view key);

// "milliseconds", "bytes", …; empty for texts.
std::string_view UnitName(v1::Unit unit);

}  // namespace barnabas::config

#endif  // BARNABAS_METADATA_CONFIG_SETTING_H_
