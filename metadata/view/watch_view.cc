#include "metadata/view/watch_view.h"

#include <utility>

#include "metadata/image/topic_state.h"
#include "metadata/view/cluster_view.h"
#include "metadata/view/topic_view.h"
#include "proto/types/ids.h"
#include "proto/types/topic_partition.h"
#include "proto/types/uuid.h"

namespace barnabas::view {
namespace {

bool Wants(const WatchOptions& options, const std::string& name) {
  return options.topics.empty() || options.topics.count(name) != 0;
}

// A fenced replica counts as offline, so a broker's change shows on every
// topic that it hosts.
std::set<TopicId> TouchedTopics(const image::ClusterImage& image,
                                const image::ImageChanges& changes) {
  std::set<TopicId> touched = changes.changed_topics;
  for (const auto& [id, name] : changes.created_topics) touched.insert(id);
  for (const auto* brokers : {&changes.brokers, &changes.removed_brokers}) {
    for (BrokerId broker : *brokers) {
      for (const TopicPartition& key : image.PartitionsOn(broker)) {
        touched.insert(key.topic);
      }
    }
  }
  return touched;
}

}  // namespace

v1::WatchMetadataResponse WatchSnapshot(const image::ClusterImage& image,
                                        const WatchOptions& options) {
  v1::WatchMetadataResponse frame;
  frame.set_metadata_version(image.version().value());
  frame.set_snapshot(true);
  for (v1::BrokerInfo& broker :
       DescribeBrokers(image, {options.listener, {}, false})) {
    *frame.add_brokers() = std::move(broker);
  }
  image.ForEachTopic([&](const image::TopicState& topic) {
    if (!Wants(options, topic.name)) return;
    *frame.add_topics() = DescribeTopicState(image, topic);
  });
  return frame;
}

std::optional<v1::WatchMetadataResponse> WatchStep(
    const image::ClusterImage& image, const image::ImageChanges& changes,
    const WatchOptions& options) {
  v1::WatchMetadataResponse frame;
  frame.set_metadata_version(image.version().value());
  if (!changes.brokers.empty()) {
    for (v1::BrokerInfo& broker :
         DescribeBrokers(image, {options.listener, {}, false})) {
      if (changes.brokers.count(BrokerId(broker.id())) == 0) continue;
      *frame.add_brokers() = std::move(broker);
    }
  }
  for (BrokerId id : changes.removed_brokers) {
    frame.add_removed_brokers(id.value());
  }
  for (const TopicId& id : TouchedTopics(image, changes)) {
    const image::TopicState* topic = image.FindTopic(id);
    if (topic == nullptr || !Wants(options, topic->name)) continue;
    *frame.add_topics() = DescribeTopicState(image, *topic);
  }
  for (const auto& [id, name] : changes.deleted_topics) {
    if (Wants(options, name)) frame.add_removed_topics(id.ToString());
  }
  if (frame.brokers().empty() && frame.removed_brokers().empty() &&
      frame.topics().empty() && frame.removed_topics().empty()) {
    return std::nullopt;
  }
  return frame;
}

}  // namespace barnabas::view
