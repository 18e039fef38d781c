#include "metadata/image/image_diff.h"

#include <optional>

#include "metadata/image/image_parts.h"
#include "metadata/image/topic_state.h"

namespace barnabas::image {
namespace {

void DiffPartitions(const TopicState* before, const TopicState& after,
                    ImageChanges* changes) {
  for (size_t i = 0; i < after.partitions.size(); ++i) {
    const bool same = before != nullptr && i < before->partitions.size() &&
                      before->partitions[i] == after.partitions[i];
    if (same) continue;
    changes->partitions.insert(
        TopicPartition{after.id, PartitionIndex(static_cast<int32_t>(i))});
  }
}

void DiffTopics(const ClusterImage& before, const ClusterImage& after,
                ImageChanges* changes) {
  before.ForEachTopic([&](const TopicState& topic) {
    if (after.FindTopic(topic.id) != nullptr) return;
    changes->deleted_topics[topic.id] = topic.name;
  });
  after.ForEachTopic([&](const TopicState& topic) {
    const TopicState* const old = before.FindTopic(topic.id);
    if (old == nullptr) {
      changes->created_topics[topic.id] = topic.name;
    } else if (*old != topic) {
      changes->changed_topics.insert(topic.id);
    }
    DiffPartitions(old, topic, changes);
  });
}

void DiffBrokers(const ClusterImage& before, const ClusterImage& after,
                 ImageChanges* changes) {
  before.ForEachBroker([&](const BrokerState& broker) {
    if (after.FindBroker(broker.id) != nullptr) return;
    changes->removed_brokers.insert(broker.id);
  });
  after.ForEachBroker([&](const BrokerState& broker) {
    const BrokerState* const old = before.FindBroker(broker.id);
    if (old != nullptr && *old == broker) return;
    changes->brokers.insert(broker.id);
  });
}

// Topics' settings of topics that are gone do not count.
bool StillCounts(const SettingsKey& key, const ClusterImage& after) {
  if (key.scope != ConfigScope::kTopic) return true;
  const std::optional<Uuid> id = Uuid::Parse(key.name);
  return id.has_value() && after.FindTopic(*id) != nullptr;
}

void DiffSettings(const ClusterImage& before, const ClusterImage& after,
                  ImageChanges* changes) {
  const auto note = [&](const SettingsKey& key, const SettingsState&) {
    if (!StillCounts(key, after)) return;
    if (before.Settings(key.scope, key.name) ==
        after.Settings(key.scope, key.name)) {
      return;
    }
    changes->settings.insert({key.scope, key.name});
    if (key.scope == ConfigScope::kTopic) {
      const TopicId id = *Uuid::Parse(key.name);
      if (before.FindTopic(id) != nullptr) changes->changed_topics.insert(id);
    }
  };
  before.parts()->settings.ForEach(note);
  after.parts()->settings.ForEach(note);
}

}  // namespace

ImageChanges ChangesBetween(const ClusterImage& before,
                            const ClusterImage& after) {
  ImageChanges changes;
  DiffTopics(before, after, &changes);
  DiffBrokers(before, after, &changes);
  DiffSettings(before, after, &changes);
  changes.identity = before.cluster_id() != after.cluster_id() ||
                     before.voters() != after.voters();
  changes.controller =
      before.active_controller() != after.active_controller() ||
      before.term() != after.term();
  changes.producer_ids =
      before.totals().next_producer_id != after.totals().next_producer_id;
  changes.features = before.parts()->features != after.parts()->features;
  return changes;
}

}  // namespace barnabas::image
