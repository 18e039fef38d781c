#include "metadata/image/cluster_image.h"

#include <utility>

#include "metadata/image/image_parts.h"

namespace barnabas::image {
namespace {

const std::shared_ptr<const ImageParts>& EmptyParts() {
  static const auto* const parts =
      new std::shared_ptr<const ImageParts>(std::make_shared<ImageParts>());
  return *parts;
}

const SettingMap& NoSettings() {
  static const auto* const settings = new SettingMap();
  return *settings;
}

}  // namespace

ClusterImage::ClusterImage() : parts_(EmptyParts()) {}

ClusterImage::ClusterImage(std::shared_ptr<const ImageParts> parts)
    : parts_(std::move(parts)) {}

LogIndex ClusterImage::version() const { return parts_->version; }
int64_t ClusterImage::time_ms() const { return parts_->time_ms; }
const Uuid& ClusterImage::cluster_id() const { return parts_->cluster_id; }

const std::vector<VoterState>& ClusterImage::voters() const {
  return parts_->voters;
}

NodeId ClusterImage::active_controller() const {
  return parts_->active_controller;
}

Term ClusterImage::term() const { return parts_->term; }

const TopicState* ClusterImage::FindTopic(std::string_view name) const {
  const TopicLink* found = parts_->topics_by_name.Find(name);
  return found == nullptr ? nullptr : found->get();
}

const TopicState* ClusterImage::FindTopic(const TopicId& id) const {
  const TopicLink* found = parts_->topics_by_id.Find(id);
  return found == nullptr ? nullptr : found->get();
}

const PartitionState* ClusterImage::FindPartition(
    const TopicPartition& key) const {
  const TopicState* topic = FindTopic(key.topic);
  if (topic == nullptr) return nullptr;
  const int32_t index = key.partition.value();
  if (index < 0 || index >= static_cast<int64_t>(topic->partitions.size())) {
    return nullptr;
  }
  return &topic->partitions[index];
}

const BrokerState* ClusterImage::FindBroker(BrokerId id) const {
  const BrokerLink* found = parts_->brokers.Find(id);
  return found == nullptr ? nullptr : found->get();
}

void ClusterImage::ForEachTopic(
    absl::FunctionRef<void(const TopicState&)> visit) const {
  parts_->topics_by_name.ForEach(
      [&](const std::string&, const TopicLink& topic) { visit(*topic); });
}

void ClusterImage::ForEachBroker(
    absl::FunctionRef<void(const BrokerState&)> visit) const {
  parts_->brokers.ForEach(
      [&](const BrokerId&, const BrokerLink& broker) { visit(*broker); });
}

std::vector<TopicPartition> ClusterImage::PartitionsOn(BrokerId broker) const {
  std::vector<TopicPartition> found;
  parts_->hosted.ForEachFrom(
      HostedKey{broker, TopicId()},
      [&](const HostedKey& key, const HostedLink& partitions) {
        if (key.broker != broker) return false;
        for (PartitionIndex partition : *partitions) {
          found.push_back(TopicPartition{key.topic, partition});
        }
        return true;
      });
  return found;
}

const SettingMap& ClusterImage::Settings(ConfigScope scope,
                                         std::string_view name) const {
  const SettingsState* found =
      parts_->settings.Find(SettingsKey{scope, std::string(name)});
  return found == nullptr ? NoSettings() : *found->values;
}

ClusterImage::Totals ClusterImage::totals() const {
  Totals totals;
  totals.topics = static_cast<int32_t>(parts_->topics_by_id.size());
  totals.partitions = parts_->partitions;
  totals.brokers = static_cast<int32_t>(parts_->brokers.size());
  totals.next_producer_id = parts_->next_producer_id;
  return totals;
}

LogIndex SettingsVersion(const ClusterImage& image, ConfigScope scope,
                         std::string_view name) {
  const SettingsState* found =
      image.parts()->settings.Find(SettingsKey{scope, std::string(name)});
  return found == nullptr ? LogIndex(-1) : found->version;
}

}  // namespace barnabas::image
