// Every hard bound of the system, with its reason.
//
// Units: in the names. A bound that an operator may change is a setting
// (proto/barnabas/v1/config.proto) and stands here only as its ceiling.
// Thread: constants. Errors: reaching a bound is an error with a name.
#ifndef BARNABAS_PROTO_TYPES_LIMITS_H_
#define BARNABAS_PROTO_TYPES_LIMITS_H_

#include <cstdint>

#include "proto/types/units.h"

namespace barnabas {

// Largest encoded batch that any topic may allow (max.message.bytes).
inline constexpr int64_t kBatchBytesMax = 32 * kMiB;
// Largest gRPC message: the largest batch and its envelope.
inline constexpr int64_t kMessageBytesMax = kBatchBytesMax + kMiB;
// Records in one batch; keeps per-batch work and sequence arithmetic bounded.
inline constexpr int32_t kRecordsPerBatchMax = 4 * 1000 * 1000;
// Bytes a batch may inflate to when Barnabas itself decompresses it.
inline constexpr int64_t kInflatedBytesMax = 256 * kMiB;
// Batches of one produce frame, and partitions of one request.
inline constexpr int32_t kBatchesPerFrameMax = 4096;
// Kafka's bound on topic names; with a suffix it must fit a file name.
inline constexpr int32_t kTopicNameLengthMax = 249;
inline constexpr int32_t kPartitionsPerTopicMax = 10 * 1000;
inline constexpr int32_t kPartitionsPerClusterMax = 200 * 1000;
inline constexpr int32_t kReplicationFactorMax = 16;
// Replicas of a new partition that are in sync: brokers do not copy records to
// each other yet, so it is the leader alone. The others are assigned and out of
// sync, since an acknowledgement would otherwise say what is not so.
inline constexpr int32_t kReplicasInSync = 1;
inline constexpr int32_t kBrokersMax = 1000;
// Items of one admin call, and records that a request for topics, partitions
// or settings may take.
inline constexpr int32_t kItemsPerCallMax = 1000;
inline constexpr int32_t kRecordsPerPlanMax = 20 * 1000;
// One metadata entry. Enough for a change of every partition that a cluster may
// have, as when a broker that leads them all is fenced, so that it is atomic.
inline constexpr int64_t kMetadataEntryBytesMax = 24 * kMiB;
// Producers that one partition remembers; the least recent one goes first.
inline constexpr int32_t kProducersPerPartitionMax = 10 * 1000;
// Batches remembered per producer (Kafka's five in flight).
inline constexpr int32_t kBatchesPerProducer = 5;
// Partition sessions of one fetch stream.
inline constexpr int32_t kSessionsPerStreamMax = 10 * 1000;
// Unacknowledged bytes a produce stream may hold on the broker.
inline constexpr int64_t kProduceCreditBytes = 16 * kMiB;
// Credit a fetch stream may grant at most.
inline constexpr int64_t kFetchCreditBytesMax = 256 * kMiB;
// Tasks waiting on one event loop.
inline constexpr int32_t kLoopTasksMax = 64 * 1024;
// Connections and streams of one listener.
inline constexpr int32_t kConnectionsMax = 10 * 1000;
inline constexpr int32_t kStreamsPerConnectionMax = 1024;
// Producer ids that the controller hands to a broker at once.
inline constexpr int64_t kProducerIdBlock = 1000;

static_assert(kMessageBytesMax > kBatchBytesMax,
              "a message must hold the largest batch");
static_assert(kProduceCreditBytes < kMessageBytesMax + kMiB,
              "credit is bounded by what one message may hold");

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_LIMITS_H_
