// Effective settings: what holds for a topic, a broker, the cluster.
//
// What: the nearest override wins: the object's own, then the cluster's, then
//   the built-in default; each value knows where it came from. A topic's
//   settings never differ between brokers, since replicas must agree.
// Units: in the names. Empty case: without overrides the defaults.
// Thread: pure functions of an image. Errors: none; a recorded text that this
//   version cannot read counts as absent.
#ifndef BARNABAS_METADATA_CONFIG_EFFECTIVE_H_
#define BARNABAS_METADATA_CONFIG_EFFECTIVE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "barnabas/v1/config.pb.h"
#include "barnabas/v1/config_admin.pb.h"
#include "metadata/config/setting.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"

namespace barnabas::config {

struct EffectiveValue {
  std::string value;
  v1::Origin origin = v1::ORIGIN_DEFAULT;
};

// `object` is a topic id's text, a broker id's text, or empty.
EffectiveValue Effective(const image::ClusterImage& image,
                         const Setting& setting, std::string_view object);

// All fields are set.
v1::TopicConfig TopicConfigOf(const image::ClusterImage& image,
                              const TopicId& topic);
v1::BrokerDynamicConfig BrokerConfigOf(const image::ClusterImage& image,
                                       BrokerId broker);
v1::ClusterConfig ClusterConfigOf(const image::ClusterImage& image);

enum class FlushMode { kDisk, kOs };
enum class TimestampMode { kCreateTime, kLogAppendTime };

// What becomes of old records.
struct EffectiveCleanup {
  // cleanup.policy; at least one of the two.
  bool compacts = false;
  bool deletes = true;
  double dirty_ratio_min = 0;
  int64_t lag_min_ms = 0;
  int64_t lag_max_ms = 0;
  int64_t delete_retention_ms = 0;
  int64_t file_delete_delay_ms = 0;

  bool operator==(const EffectiveCleanup&) const = default;
};

// The same as plain values, for brokers. The minimum ISR never exceeds the
// topic's replication factor.
struct EffectiveTopicConfig {
  int64_t retention_ms = 0;
  int64_t retention_bytes = 0;
  int64_t segment_bytes = 0;
  int64_t segment_ms = 0;
  int64_t segment_jitter_ms = 0;
  int64_t segment_index_bytes = 0;
  int64_t index_interval_bytes = 0;
  int64_t message_bytes_max = 0;
  int64_t timestamp_before_max_ms = 0;
  int64_t timestamp_after_max_ms = 0;
  int32_t min_insync_replicas = 1;
  EffectiveCleanup cleanup;
  TimestampMode timestamp = TimestampMode::kCreateTime;
  FlushMode flush = FlushMode::kDisk;

  bool operator==(const EffectiveTopicConfig&) const = default;
};

EffectiveTopicConfig EffectiveTopicConfigOf(const image::ClusterImage& image,
                                            const TopicId& topic);

}  // namespace barnabas::config

#endif  // BARNABAS_METADATA_CONFIG_EFFECTIVE_H_
