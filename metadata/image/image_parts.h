// ImageParts: what a ClusterImage is made of.
//
// What: values and persistent maps; copying an ImageParts is cheap and shares
//   everything. Only delta, snapshot and image look inside.
// Units: versions are metadata offsets; time_ms is wall time.
// Empty case: the default is the image before the first entry.
// Thread: immutable once in an image. Errors: none.
// Always true: both topic maps hold the same topics; `hosted` lists exactly
//   the replicas of all partitions; `partitions` counts them.
#ifndef BARNABAS_METADATA_IMAGE_IMAGE_PARTS_H_
#define BARNABAS_METADATA_IMAGE_IMAGE_PARTS_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "metadata/image/broker_state.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/persistent_map.h"
#include "metadata/image/topic_state.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "proto/types/uuid.h"

namespace barnabas::image {

// No controller leads.
inline constexpr NodeId kNoController{-1};

// Which of a topic's partitions a broker hosts.
struct HostedKey {
  BrokerId broker;
  TopicId topic;

  auto operator<=>(const HostedKey&) const = default;
};

struct SettingsKey {
  ConfigScope scope = ConfigScope::kCluster;
  std::string name;

  auto operator<=>(const SettingsKey&) const = default;
};

// The overrides of one object. They stay, empty, when the last one is unset,
// so that the version is not lost.
struct SettingsState {
  LogIndex version{-1};
  std::shared_ptr<const SettingMap> values;
};

using TopicLink = std::shared_ptr<const TopicState>;
using BrokerLink = std::shared_ptr<const BrokerState>;
using HostedLink = std::shared_ptr<const std::vector<PartitionIndex>>;

struct ImageParts {
  LogIndex version{-1};
  int64_t time_ms = 0;
  Uuid cluster_id;
  int32_t format_version = 0;
  std::vector<VoterState> voters;
  NodeId active_controller = kNoController;
  Term term{0};
  ProducerId next_producer_id{0};
  // Committed levels; what is not listed stands at 1.
  std::map<std::string, int32_t, std::less<>> features;
  int32_t partitions = 0;
  PersistentMap<std::string, TopicLink> topics_by_name;
  PersistentMap<TopicId, TopicLink> topics_by_id;
  PersistentMap<BrokerId, BrokerLink> brokers;
  PersistentMap<HostedKey, HostedLink> hosted;
  PersistentMap<SettingsKey, SettingsState> settings;
};

// Offset of the last change to the settings of a cluster or broker; -1 if
// there never was one. A topic's settings share the topic's version.
LogIndex SettingsVersion(const ClusterImage& image, ConfigScope scope,
                         std::string_view name);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_IMAGE_PARTS_H_
