// Topic look-up: what a client names, as a partition of this broker.
//
// What: resolves name or id through the applied image and tells, where this
//   broker is the wrong one, who leads.
// Units: none. Empty case: a reference with neither name nor id is refused.
// Thread: any; pure look-ups.
// Errors: BROKER_NOT_AVAILABLE while the broker starts, INVALID_REQUEST,
//   UNKNOWN_TOPIC, INCONSISTENT_TOPIC_ID, LIMIT_EXCEEDED (more partitions are
//   named than any topic has: each would be answered), UNKNOWN_PARTITION,
//   NOT_LEADER or LEADER_NOT_AVAILABLE with the leader.
#ifndef BARNABAS_BROKER_SERVICE_TOPIC_LOOKUP_H_
#define BARNABAS_BROKER_SERVICE_TOPIC_LOOKUP_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "barnabas/v1/common.pb.h"
#include "broker/replication/partition.h"
#include "broker/replication/partition_table.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::broker {

// Whether the image knows anything: a broker that starts must not deny topics
// that it has only not heard of yet.
absl::Status CheckStarted(const image::ClusterImage& image);

// The topic; points into `image`.
absl::StatusOr<const image::TopicState*> FindTopic(
    const image::ClusterImage& image, const v1::TopicRef& topic);

// The partitions that a request names, or all of them if it names none.
absl::StatusOr<std::vector<int32_t>> NamedPartitions(
    absl::Span<const int32_t> named, const image::TopicState& topic);

// The partition, if this broker holds it. Whether it leads is the partition's
// to say.
absl::StatusOr<std::shared_ptr<Partition>> FindPartition(
    const PartitionTable& table, const image::ClusterImage& image,
    const image::TopicState& topic, int32_t partition);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_TOPIC_LOOKUP_H_
