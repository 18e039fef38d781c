// murmur2: the hash that puts keys on partitions, as Kafka's clients do.
//
// What: 32-bit MurmurHash2 with Kafka's seed. Records of the same key go to
//   the same partition whichever client, old or new, sends them, and whether
//   the client or the broker chooses.
// Units: bytes. Ranges: PartitionOfKey gives [0, partitions); partitions > 0.
// Empty case: the empty key has a hash like any other.
// Thread: pure functions. Errors: none.
// Always true: client/testdata/murmur2.tsv, which Kafka's own client made.
#ifndef BARNABAS_CLIENT_RPC_MURMUR2_H_
#define BARNABAS_CLIENT_RPC_MURMUR2_H_

#include <cstdint>
#include <string_view>

namespace barnabas::rpc {

int32_t Murmur2(std::string_view bytes);

int32_t PartitionOfKey(std::string_view key, int32_t partitions);

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_MURMUR2_H_
