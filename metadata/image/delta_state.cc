#include "metadata/image/delta_state.h"

#include <algorithm>
#include <vector>

namespace barnabas::image {
namespace {

using HostedMap = std::map<BrokerId, std::vector<PartitionIndex>>;

HostedMap HostsOf(const TopicState* topic) {
  HostedMap hosts;
  if (topic == nullptr) return hosts;
  for (size_t i = 0; i < topic->partitions.size(); ++i) {
    for (BrokerId broker : topic->partitions[i].replicas) {
      hosts[broker].push_back(PartitionIndex(static_cast<int32_t>(i)));
    }
  }
  return hosts;
}

bool SameHosts(const TopicState* before, const TopicState* after) {
  if (before == nullptr || after == nullptr) return false;
  return std::equal(before->partitions.begin(), before->partitions.end(),
                    after->partitions.begin(), after->partitions.end(),
                    [](const PartitionState& a, const PartitionState& b) {
                      return a.replicas == b.replicas;
                    });
}

// Brings the index of hosted partitions from one state of a topic to another.
void ApplyHosts(const TopicId& id, const TopicState* before,
                const TopicState* after, ImageParts& parts) {
  if (SameHosts(before, after)) return;
  const HostedMap old_hosts = HostsOf(before);
  const HostedMap new_hosts = HostsOf(after);
  for (const auto& [broker, partitions] : old_hosts) {
    if (new_hosts.count(broker) == 0) {
      parts.hosted = parts.hosted.Erase(HostedKey{broker, id});
    }
  }
  for (const auto& [broker, partitions] : new_hosts) {
    const auto old = old_hosts.find(broker);
    if (old != old_hosts.end() && old->second == partitions) continue;
    parts.hosted = parts.hosted.Set(
        HostedKey{broker, id},
        std::make_shared<const std::vector<PartitionIndex>>(partitions));
  }
}

void ApplyTopic(const TopicId& id, const TopicState* before,
                const std::shared_ptr<TopicState>& after, ImageParts& parts) {
  if (before != nullptr) {
    parts.partitions -= static_cast<int32_t>(before->partitions.size());
  }
  ApplyHosts(id, before, after.get(), parts);
  if (after == nullptr) {
    if (before == nullptr) return;
    parts.topics_by_id = parts.topics_by_id.Erase(id);
    // A topic made anew under this name may already stand there.
    const TopicLink* named = parts.topics_by_name.Find(before->name);
    if (named != nullptr && (*named)->id == id) {
      parts.topics_by_name = parts.topics_by_name.Erase(before->name);
    }
    return;
  }
  parts.partitions += static_cast<int32_t>(after->partitions.size());
  // The overlay may go on changing its own copy.
  const auto frozen = std::make_shared<const TopicState>(*after);
  parts.topics_by_id = parts.topics_by_id.Set(id, frozen);
  parts.topics_by_name = parts.topics_by_name.Set(after->name, frozen);
}

}  // namespace

DeltaState::DeltaState(ClusterImage base)
    : base_(std::move(base)), next_(*base_.parts()) {}

const TopicState* DeltaState::FindTopic(const TopicId& id) const {
  const auto found = topics_.find(id);
  if (found != topics_.end()) return found->second.get();
  return base_.FindTopic(id);
}

const TopicState* DeltaState::FindTopic(std::string_view name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return base_.FindTopic(name);
  return found->second.has_value() ? FindTopic(*found->second) : nullptr;
}

const BrokerState* DeltaState::FindBroker(BrokerId id) const {
  const auto found = brokers_.find(id);
  if (found == brokers_.end()) return base_.FindBroker(id);
  return found->second.has_value() ? &*found->second : nullptr;
}

void DeltaState::AddTopic(TopicState topic) {
  const TopicId id = topic.id;
  names_[topic.name] = id;
  changes_.created_topics[id] = topic.name;
  topics_[id] = std::make_shared<TopicState>(std::move(topic));
}

void DeltaState::SetBroker(BrokerState broker) {
  const BrokerId id = broker.id;
  changes_.brokers.insert(id);
  changes_.removed_brokers.erase(id);
  brokers_[id] = std::move(broker);
}

void DeltaState::RemoveTopic(const TopicId& id) {
  const std::string name = FindTopic(id)->name;
  names_[name] = std::nullopt;
  topics_[id] = nullptr;
  if (changes_.created_topics.erase(id) == 0) {
    changes_.deleted_topics[id] = name;
  }
  changes_.changed_topics.erase(id);
  changes_.partitions.erase(
      changes_.partitions.lower_bound(TopicPartition{id, PartitionIndex(0)}),
      std::find_if_not(
          changes_.partitions.lower_bound(
              TopicPartition{id, PartitionIndex(0)}),
          changes_.partitions.end(),
          [&](const TopicPartition& key) { return key.topic == id; }));
  const SettingsKey key{ConfigScope::kTopic, id.ToString()};
  settings_[key] = ChangedSettings{};
  changes_.settings.erase({key.scope, key.name});
}

void DeltaState::RemoveBroker(BrokerId id) {
  brokers_[id] = std::nullopt;
  changes_.brokers.erase(id);
  if (base_.FindBroker(id) != nullptr) changes_.removed_brokers.insert(id);
}

TopicState& DeltaState::ChangeTopic(const TopicId& id) {
  if (changes_.created_topics.count(id) == 0) {
    changes_.changed_topics.insert(id);
  }
  std::shared_ptr<TopicState>& topic = topics_[id];
  if (topic == nullptr) {
    topic = std::make_shared<TopicState>(*base_.FindTopic(id));
  }
  return *topic;
}

void DeltaState::SetSetting(const SettingsKey& key, const std::string& name,
                            const std::optional<std::string>& value,
                            LogIndex version) {
  ChangedSettings& changed = settings_[key];
  if (!changed.values.has_value()) {
    changed.values = base_.Settings(key.scope, key.name);
  }
  changed.version = version;
  if (value.has_value()) {
    (*changed.values)[name] = *value;
  } else {
    changed.values->erase(name);
  }
  changes_.settings.insert({key.scope, key.name});
}

ClusterImage DeltaState::Apply() const {
  auto parts = std::make_shared<ImageParts>(next_);
  // Removed topics first: their names may be in use again.
  for (const auto& [id, topic] : topics_) {
    if (topic == nullptr) ApplyTopic(id, base_.FindTopic(id), topic, *parts);
  }
  for (const auto& [id, topic] : topics_) {
    if (topic != nullptr) ApplyTopic(id, base_.FindTopic(id), topic, *parts);
  }
  for (const auto& [id, broker] : brokers_) {
    parts->brokers = broker.has_value()
                         ? parts->brokers.Set(
                               id, std::make_shared<const BrokerState>(*broker))
                         : parts->brokers.Erase(id);
  }
  for (const auto& [key, settings] : settings_) {
    parts->settings =
        settings.values.has_value()
            ? parts->settings.Set(
                  key, SettingsState{settings.version,
                                     std::make_shared<const SettingMap>(
                                         *settings.values)})
            : parts->settings.Erase(key);
  }
  return ClusterImage(std::move(parts));
}

}  // namespace barnabas::image
