// Partition planner: new partitions, and what becomes of leaders and ISRs when
// a broker leaves or returns.
//
// What: replica lists (placed, or given by hand and checked), first records,
//   and elections. C3: a broker that leaves is out of every ISR that has
//   another member; where it is the only one it stays as last-known leader,
//   the partition has none meanwhile, and it is elected again, with the next
//   leader epoch, when it returns (README 30).
// Units: counts. Empty case: no partitions, no records.
// Thread: pure functions.
// Errors: INVALID_PARTITION_COUNT, INVALID_REPLICATION_FACTOR,
//   INVALID_REPLICA_ASSIGNMENT, BROKER_NOT_AVAILABLE; each with value and
//   bound.
#ifndef BARNABAS_CONTROLLER_PLANNER_PARTITION_PLANNER_H_
#define BARNABAS_CONTROLLER_PLANNER_PARTITION_PLANNER_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "google/protobuf/repeated_field.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/topic_state.h"
#include "metadata/placement/replica_placer.h"
#include "proto/types/ids.h"
#include "proto/types/topic_partition.h"
#include "proto/types/uuid.h"

namespace barnabas::planner {

using Records = std::vector<internal::v1::ClusterRecord>;
using ManualAssignment =
    google::protobuf::RepeatedPtrField<v1::ReplicaAssignment>;

// Brokers that may be given replicas.
int32_t LiveBrokerCount(const image::ClusterImage& image);

// Replicas for `partitions` new partitions on live brokers.
absl::StatusOr<placement::Assignment> PlaceReplicas(
    const image::ClusterImage& image, int32_t partitions, int32_t factor,
    uint64_t seed);

// The lists given by hand, checked against the image and each other.
absl::StatusOr<placement::Assignment> CheckAssignment(
    const image::ClusterImage& image, const ManualAssignment& manual);

// The record of a new partition: the first live replicas, `in_sync_max` of them
// at most, are in sync, and the first one leads.
internal::v1::ClusterRecord NewPartition(const image::ClusterImage& image,
                                         const TopicId& topic,
                                         PartitionIndex partition,
                                         const std::vector<BrokerId>& replicas,
                                         int32_t in_sync_max);

// The replica in sync that leads next, those that do not drain first;
// kNoBroker if `may_lead` allows none.
BrokerId ChooseHeir(const image::ClusterImage& image,
                    const image::PartitionState& partition,
                    absl::FunctionRef<bool(BrokerId)> may_lead);

// A change of `key`, to be filled in.
internal::v1::PartitionChangeRecord* AddPartitionChange(
    const TopicPartition& key, Records& records);

// Takes `broker` out of ISRs and leaderships.
void PlanLeaving(const image::ClusterImage& image, BrokerId broker,
                 Records& records);

// Elects leaders for partitions without one that `broker` may lead, as if it
// were live.
void PlanReturning(const image::ClusterImage& image, BrokerId broker,
                   Records& records);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_PARTITION_PLANNER_H_
