#include "metadata/config/effective.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "google/protobuf/message.h"
#include "metadata/config/quantity.h"
#include "metadata/config/validate.h"
#include "proto/types/text.h"

namespace barnabas::config {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using image::ConfigScope;

v1::Origin OriginOf(ConfigScope scope) {
  switch (scope) {
    case ConfigScope::kCluster:
      return v1::ORIGIN_CLUSTER;
    case ConfigScope::kBroker:
      return v1::ORIGIN_BROKER;
    case ConfigScope::kTopic:
      return v1::ORIGIN_TOPIC;
  }
  return v1::ORIGIN_DEFAULT;
}

// The override recorded at one object, if this version can read it.
std::optional<std::string> Override(const image::ClusterImage& image,
                                    ConfigScope scope, std::string_view object,
                                    const std::string& key,
                                    const Setting& setting) {
  const image::SettingMap& values = image.Settings(scope, object);
  const auto found = values.find(key);
  if (found == values.end()) return std::nullopt;
  const auto canonical = CanonicalValue(setting, found->second);
  if (!canonical.ok()) return std::nullopt;
  return *canonical;
}

void Fill(const image::ClusterImage& image, ConfigScope home,
          std::string_view object, Message& message) {
  for (const Setting* setting : SettingsOf(home)) {
    if (setting->home != home) continue;
    const EffectiveValue effective = Effective(image, *setting, object);
    const FieldDescriptor* field = setting->field;
    const google::protobuf::Reflection* reflection = message.GetReflection();
    if (setting->kind == ValueKind::kText) {
      reflection->SetString(&message, field, effective.value);
      continue;
    }
    if (setting->kind == ValueKind::kRatio) {
      reflection->SetDouble(&message, field,
                            ParseRatio(effective.value).value_or(0));
      continue;
    }
    const int64_t number = ParseInteger(effective.value).value_or(0);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      reflection->SetInt32(&message, field, static_cast<int32_t>(number));
    } else {
      reflection->SetInt64(&message, field, number);
    }
  }
}

bool HasPolicy(const v1::TopicConfig& topic, std::string_view policy) {
  return absl::StrContains(topic.cleanup_policy(), AsAbsl(policy));
}

EffectiveCleanup CleanupOf(const v1::TopicConfig& topic) {
  EffectiveCleanup cleanup;
  cleanup.compacts = HasPolicy(topic, "compact");
  cleanup.deletes = HasPolicy(topic, "delete");
  cleanup.dirty_ratio_min = topic.min_cleanable_dirty_ratio();
  cleanup.lag_min_ms = topic.min_compaction_lag_ms();
  cleanup.lag_max_ms = topic.max_compaction_lag_ms();
  cleanup.delete_retention_ms = topic.delete_retention_ms();
  cleanup.file_delete_delay_ms = topic.file_delete_delay_ms();
  return cleanup;
}

}  // namespace

EffectiveValue Effective(const image::ClusterImage& image,
                         const Setting& setting, std::string_view object) {
  if (setting.home != ConfigScope::kCluster && !object.empty()) {
    const std::optional<std::string> own =
        Override(image, setting.home, object, setting.key, setting);
    if (own.has_value()) return {*own, OriginOf(setting.home)};
  }
  const std::optional<std::string> common =
      Override(image, ConfigScope::kCluster, "", setting.cluster_key, setting);
  if (common.has_value()) return {*common, v1::ORIGIN_CLUSTER};
  return {setting.default_value, v1::ORIGIN_DEFAULT};
}

v1::TopicConfig TopicConfigOf(const image::ClusterImage& image,
                              const TopicId& topic) {
  v1::TopicConfig config;
  Fill(image, ConfigScope::kTopic, topic.IsNil() ? "" : topic.ToString(),
       config);
  return config;
}

v1::BrokerDynamicConfig BrokerConfigOf(const image::ClusterImage& image,
                                       BrokerId broker) {
  v1::BrokerDynamicConfig config;
  Fill(image, ConfigScope::kBroker, broker.ToString(), config);
  return config;
}

v1::ClusterConfig ClusterConfigOf(const image::ClusterImage& image) {
  v1::ClusterConfig config;
  Fill(image, ConfigScope::kCluster, "", config);
  return config;
}

EffectiveTopicConfig EffectiveTopicConfigOf(const image::ClusterImage& image,
                                            const TopicId& topic) {
  const v1::TopicConfig from = TopicConfigOf(image, topic);
  EffectiveTopicConfig config;
  config.retention_ms = from.retention_ms();
  config.retention_bytes = from.retention_bytes();
  config.segment_bytes = from.segment_bytes();
  config.segment_ms = from.segment_ms();
  config.segment_jitter_ms = from.segment_jitter_ms();
  config.segment_index_bytes = from.segment_index_bytes();
  config.index_interval_bytes = from.index_interval_bytes();
  config.message_bytes_max = from.max_message_bytes();
  config.timestamp_before_max_ms = from.message_timestamp_before_max_ms();
  config.timestamp_after_max_ms = from.message_timestamp_after_max_ms();
  config.min_insync_replicas = from.min_insync_replicas();
  config.cleanup = CleanupOf(from);
  const image::TopicState* state = image.FindTopic(topic);
  if (state != nullptr && !state->partitions.empty()) {
    config.min_insync_replicas =
        std::min(config.min_insync_replicas,
                 static_cast<int32_t>(state->partitions[0].replicas.size()));
  }
  if (from.message_timestamp_type() == "LogAppendTime") {
    config.timestamp = TimestampMode::kLogAppendTime;
  }
  if (from.flush() == "os") config.flush = FlushMode::kOs;
  return config;
}

}  // namespace barnabas::config
