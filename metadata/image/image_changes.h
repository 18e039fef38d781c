// ImageChanges: what differs between a delta's base and its next image.
//
// What: names of changed things only; look the things up in the old or the
//   new image. A topic that came and went within the delta appears nowhere.
// Units: none. Empty case: all empty and false: only the version moved.
// Thread: a plain value. Errors: none.
// Always true: no topic is in two of the three topic sets; no broker is in
//   both sets; `partitions` names partitions of the new image only.
#ifndef BARNABAS_METADATA_IMAGE_IMAGE_CHANGES_H_
#define BARNABAS_METADATA_IMAGE_IMAGE_CHANGES_H_

#include <map>
#include <set>
#include <string>
#include <utility>

#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"
#include "proto/types/topic_partition.h"
#include "proto/types/uuid.h"

namespace barnabas::image {

struct ImageChanges {
  // Topic id to name.
  std::map<TopicId, std::string> created_topics;
  std::map<TopicId, std::string> deleted_topics;
  // Topics of both images with another version, settings or partitions.
  std::set<TopicId> changed_topics;
  // New and changed partitions, also those of created topics.
  std::set<TopicPartition> partitions;
  // Registered anew or changed; and gone.
  std::set<BrokerId> brokers;
  std::set<BrokerId> removed_brokers;
  // Scope and name of objects whose settings changed; not of deleted topics.
  std::set<std::pair<ConfigScope, std::string>> settings;
  bool identity = false;
  bool controller = false;
  bool producer_ids = false;
  // Feature levels.
  bool features = false;

  bool operator==(const ImageChanges&) const = default;
  // True if only offset and time moved.
  bool Empty() const { return *this == ImageChanges(); }
};

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_IMAGE_CHANGES_H_
