// Partitioner: which partition of a topic a record goes to.
//
// What: the given partition; else by key, as Kafka's clients do; else sticky:
//   one partition until `sticky_bytes` went to it, then another at random, so
//   that batches fill (KIP-480, KIP-794).
// Units: bytes. Ranges: `partitions` > 0; answers lie in [0, partitions).
// Empty case: when no partition is said to be available all are.
// Thread: one at a time. Errors: none; a given partition is not judged here.
// Always true: the same seed and calls give the same answers.
#ifndef BARNABAS_CLIENT_PRODUCER_PARTITIONER_H_
#define BARNABAS_CLIENT_PRODUCER_PARTITIONER_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"

namespace barnabas::client {

class Partitioner {
 public:
  Partitioner(uint64_t seed, int64_t sticky_bytes)
      : state_(seed), sticky_bytes_(sticky_bytes) {}

  // Where a record with a given partition or a key goes; nullopt without both.
  static std::optional<int32_t> Fixed(
      const std::optional<int32_t>& given,
      const std::optional<std::string_view>& key, int32_t partitions);

  // `available` are the partitions that have a leader, in any order; only
  // records without key look at it.
  int32_t Choose(const std::optional<int32_t>& given,
                 const std::optional<std::string_view>& key,
                 int64_t record_bytes, int32_t partitions,
                 absl::Span<const int32_t> available);

 private:
  int32_t ChooseSticky(int64_t record_bytes, int32_t partitions,
                       absl::Span<const int32_t> available);
  uint64_t NextRandom();

  uint64_t state_;
  const int64_t sticky_bytes_;
  // -1 before the first record without key.
  int32_t current_ = -1;
  int64_t current_bytes_ = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_PARTITIONER_H_
