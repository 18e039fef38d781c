// DeltaState: the changing side of a ClusterDelta.
//
// What: an overlay of changed topics, brokers and settings over a base image;
//   replay writes it, the delta applies it. Nothing of the base is changed.
// Units: as in the image. Empty case: an overlay without entries.
// Thread: one at a time. Errors: none here; replay checks before it writes.
// Always true: `changes` names exactly what the overlay holds.
#ifndef BARNABAS_METADATA_IMAGE_DELTA_STATE_H_
#define BARNABAS_METADATA_IMAGE_DELTA_STATE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "metadata/image/cluster_image.h"
#include "metadata/image/image_changes.h"
#include "metadata/image/image_parts.h"
#include "metadata/image/topic_state.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"

namespace barnabas::image {

class DeltaState {
 public:
  explicit DeltaState(ClusterImage base);

  const ClusterImage& base() const { return base_; }
  const ImageChanges& changes() const { return changes_; }
  // Version, identity, controller and producer ids of the next image.
  ImageParts& next() { return next_; }
  ImageChanges& changes() { return changes_; }

  // As of now, changes included; nullptr if there is none.
  const TopicState* FindTopic(const TopicId& id) const;
  const TopicState* FindTopic(std::string_view name) const;
  const BrokerState* FindBroker(BrokerId id) const;

  // Adds; the caller made sure that there is none.
  void AddTopic(TopicState topic);
  void SetBroker(BrokerState broker);
  // Removes what is there.
  void RemoveTopic(const TopicId& id);
  void RemoveBroker(BrokerId id);

  // The topic to write to; it exists.
  TopicState& ChangeTopic(const TopicId& id);
  // Sets, or unsets with nullopt, one setting.
  void SetSetting(const SettingsKey& key, const std::string& name,
                  const std::optional<std::string>& value, LogIndex version);

  // The next image.
  ClusterImage Apply() const;

 private:
  struct ChangedSettings {
    LogIndex version{-1};
    // Absent: the object is gone.
    std::optional<SettingMap> values;
  };

  const ClusterImage base_;
  // The overlay; nullptr and nullopt stand for removed.
  ImageParts next_;
  std::map<TopicId, std::shared_ptr<TopicState>> topics_;
  std::map<std::string, std::optional<TopicId>, std::less<>> names_;
  std::map<BrokerId, std::optional<BrokerState>> brokers_;
  std::map<SettingsKey, ChangedSettings> settings_;
  ImageChanges changes_;
};

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_DELTA_STATE_H_
