// TopicState, PartitionState: one topic and its partitions.
//
// Units: epochs start at 0; version is the metadata offset of the last change.
// Ranges: partitions are numbered from 0 without gaps.
// Empty case: a partition without a leader has kNoBroker.
// Thread: plain values. Errors: none.
#ifndef BARNABAS_METADATA_IMAGE_TOPIC_STATE_H_
#define BARNABAS_METADATA_IMAGE_TOPIC_STATE_H_

#include <string>
#include <vector>

#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "proto/types/uuid.h"

namespace barnabas::image {

struct PartitionState {
  // The first one is the preferred leader.
  std::vector<BrokerId> replicas;
  std::vector<BrokerId> isr;
  BrokerId leader = kNoBroker;
  LeaderEpoch leader_epoch{0};
  PartitionEpoch partition_epoch{0};

  bool operator==(const PartitionState&) const = default;
  bool HasLeader() const { return leader != kNoBroker; }
};

struct TopicState {
  TopicId id;
  std::string name;
  LogIndex version;
  std::vector<PartitionState> partitions;

  bool operator==(const TopicState&) const = default;
  // Names that begin with two underscores belong to the system.
  bool IsInternal() const { return name.rfind("__", 0) == 0; }
};

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_TOPIC_STATE_H_
