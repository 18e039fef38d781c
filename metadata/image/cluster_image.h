// ClusterImage: the whole cluster's metadata at one offset of its log.
//
// What: an immutable value made by replaying committed entries; the same on
//   controllers and brokers. Copies share structure, so keeping an old image
//   and making the next one are cheap even with 100,000 partitions.
// Units: `version` is the offset of the last entry applied; -1 before the
//   first one (the bootstrap record lies at 0).
// Empty case: the default image has version -1, no cluster id and nothing in
//   it.
// Thread: immutable; may be read from any thread.
// Errors: none; look-ups answer nullptr for what is not there.
// Always true: every partition's topic exists; ISR is part of the replicas;
//   a leader is in the ISR and not fenced; names and ids of topics are unique.
#ifndef BARNABAS_METADATA_IMAGE_CLUSTER_IMAGE_H_
#define BARNABAS_METADATA_IMAGE_CLUSTER_IMAGE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/topic_state.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "proto/types/topic_partition.h"
#include "proto/types/uuid.h"

namespace barnabas::image {

// One controller of the quorum.
struct VoterState {
  NodeId id;
  Uuid directory;
  std::string host;
  int32_t port = 0;

  bool operator==(const VoterState&) const = default;
};

// Settings of one scope, dotted key to text.
using SettingMap = std::map<std::string, std::string>;

enum class ConfigScope { kCluster, kBroker, kTopic };

struct ImageParts;

class ClusterImage {
 public:
  ClusterImage();
  explicit ClusterImage(std::shared_ptr<const ImageParts> parts);

  LogIndex version() const;
  // Wall time at which the last entry was planned.
  int64_t time_ms() const;
  const Uuid& cluster_id() const;
  const std::vector<VoterState>& voters() const;
  // The controller that leads the quorum, and since which term.
  NodeId active_controller() const;
  Term term() const;

  const TopicState* FindTopic(std::string_view name) const;
  const TopicState* FindTopic(const TopicId& id) const;
  const PartitionState* FindPartition(const TopicPartition& key) const;
  const BrokerState* FindBroker(BrokerId id) const;

  // In order of name; of id.
  void ForEachTopic(absl::FunctionRef<void(const TopicState&)> visit) const;
  void ForEachBroker(absl::FunctionRef<void(const BrokerState&)> visit) const;
  // Partitions that have a replica on `broker`.
  std::vector<TopicPartition> PartitionsOn(BrokerId broker) const;

  // Overrides of one scope; empty if there are none. `name` is a topic id's
  // text, a broker id's text, or empty for the cluster.
  const SettingMap& Settings(ConfigScope scope, std::string_view name) const;

  // Counts and the next producer id to give out.
  struct Totals {
    int32_t topics = 0;
    int32_t partitions = 0;
    int32_t brokers = 0;
    ProducerId next_producer_id{0};
  };
  Totals totals() const;

  // For delta and snapshot only.
  const std::shared_ptr<const ImageParts>& parts() const { return parts_; }

 private:
  std::shared_ptr<const ImageParts> parts_;
};

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_CLUSTER_IMAGE_H_
