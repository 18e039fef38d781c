// Identities of nodes, partitions and producers.
//
// Units: node ids share one number space (controllers 1.., brokers 100..);
//   partition indexes count from 0; a BrokerEpoch is the metadata offset of
//   the broker's registration; producer ids come in blocks from the controller.
// Empty case: kNoBroker (-1) means "no leader"; kNoProducer (-1) a batch
//   without idempotence. Both appear inside codecs and images only.
// Thread: plain values. Errors: none.
#ifndef BARNABAS_PROTO_TYPES_IDS_H_
#define BARNABAS_PROTO_TYPES_IDS_H_

#include <cstdint>

#include "proto/types/strong_int.h"

namespace barnabas {

using NodeId = StrongInt<struct NodeIdTag, int32_t>;
using BrokerId = StrongInt<struct BrokerIdTag, int32_t>;
using BrokerEpoch = StrongInt<struct BrokerEpochTag, int64_t>;
using PartitionIndex = StrongInt<struct PartitionIndexTag, int32_t>;
using ProducerId = StrongInt<struct ProducerIdTag, int64_t>;
using ProducerEpoch = StrongInt<struct ProducerEpochTag, int16_t>;

inline constexpr BrokerId kNoBroker{-1};
inline constexpr ProducerId kNoProducer{-1};
inline constexpr ProducerEpoch kNoProducerEpoch{-1};

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_IDS_H_
