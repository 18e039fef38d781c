#include "metadata/config/setting.h"

#include <memory>
#include <utility>

#include "barnabas/v1/config.pb.h"
#include "metadata/config/nearest.h"

namespace barnabas::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using image::ConfigScope;

// Bounds stand in the annotation as doubles; the largest ones round past the
// end of 64 bits.
int64_t BoundOf(double bound) {
  if (bound >= 9.2233720368547e18) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(bound);
}

ValueKind KindOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return ValueKind::kText;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ValueKind::kRatio;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ValueKind::kInteger;
  }
  return ValueKind::kInteger;
}

Setting Read(const FieldDescriptor& field, ConfigScope home) {
  const v1::Setting& annotation = field.options().GetExtension(v1::setting);
  Setting setting;
  setting.key = annotation.key();
  setting.default_value = annotation.default_value();
  setting.doc = annotation.doc();
  setting.home = home;
  setting.kind = KindOf(field);
  setting.unit = annotation.unit();
  setting.change = annotation.change();
  if (annotation.has_minimum()) setting.minimum = BoundOf(annotation.minimum());
  if (annotation.has_maximum()) setting.maximum = BoundOf(annotation.maximum());
  setting.choices.assign(annotation.choices().begin(),
                         annotation.choices().end());
  setting.cluster_key = annotation.cluster_key().empty()
                            ? annotation.key()
                            : annotation.cluster_key();
  setting.field = &field;
  return setting;
}

struct Tables {
  std::vector<std::unique_ptr<const Setting>> all;
  std::vector<const Setting*> cluster;
  std::vector<const Setting*> broker;
  std::vector<const Setting*> topic;
};

void AddAll(const Descriptor& message, ConfigScope home, Tables& tables,
            std::vector<const Setting*>& scope) {
  for (int i = 0; i < message.field_count(); ++i) {
    tables.all.push_back(
        std::make_unique<const Setting>(Read(*message.field(i), home)));
    const Setting* setting = tables.all.back().get();
    scope.push_back(setting);
    // Also at the cluster, as the default for all.
    if (home != ConfigScope::kCluster && setting->cluster_key == setting->key) {
      tables.cluster.push_back(setting);
    }
  }
}

const Tables& AllTables() {
  static const Tables* const tables = [] {
    auto made = std::make_unique<Tables>();
    AddAll(*v1::ClusterConfig::descriptor(), ConfigScope::kCluster, *made,
           made->cluster);
    AddAll(*v1::BrokerDynamicConfig::descriptor(), ConfigScope::kBroker, *made,
           made->broker);
    AddAll(*v1::TopicConfig::descriptor(), ConfigScope::kTopic, *made,
           made->topic);
    return made.release();
  }();
  return *tables;
}

}  // namespace

const std::vector<const Setting*>& SettingsOf(ConfigScope scope) {
  switch (scope) {
    case ConfigScope::kCluster:
      return AllTables().cluster;
    case ConfigScope::kBroker:
      return AllTables().broker;
    case ConfigScope::kTopic:
      return AllTables().topic;
  }
  return AllTables().cluster;
}

const Setting* FindSetting(ConfigScope scope, std::string_view key) {
  for (const Setting* setting : SettingsOf(scope)) {
    if (setting->key == key) return setting;
  }
  return nullptr;
}

std::string NearestKey(ConfigScope scope, std::string_view key) {
  std::vector<std::string> keys;
  for (const Setting* setting : SettingsOf(scope)) keys.push_back(setting->key);
  return NearestName(key, keys);
}

std::string_view UnitName(v1::Unit unit) {
  switch (unit) {
    case v1::UNIT_BYTES:
      return "bytes";
    case v1::UNIT_MILLISECONDS:
      return "milliseconds";
    case v1::UNIT_COUNT:
    case v1::UNIT_RATIO:
    case v1::UNIT_UNSPECIFIED:
    case v1::Unit_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Unit_INT_MAX_SENTINEL_DO_NOT_USE_:
      return "";
  }
  return "";
}

}  // namespace barnabas::config
