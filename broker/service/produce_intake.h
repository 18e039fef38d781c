// ProduceIntake: one batch of a produce request, checked and routed.
//
// What: finds the partition, checks an encoded batch whole (size, magic,
//   checksum, counts), picks a partition for structured records without one,
//   and encodes structured ones that are not gathered (README 19).
// Place: on the thread that read the request, before anything is posted to a
//   partition's loop.
// Units: bytes, wall-clock milliseconds.
// Empty case: a batch without payload is INVALID_REQUEST.
// Thread: any; the turn of keyless records is shared by an atomic.
// Errors: those of topic_lookup.h and batch_check.h, INVALID_REQUEST,
//   BATCH_TOO_LARGE, INVALID_TIMESTAMP. Nothing was stored then.
#ifndef BARNABAS_BROKER_SERVICE_PRODUCE_INTAKE_H_
#define BARNABAS_BROKER_SERVICE_PRODUCE_INTAKE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/producer.pb.h"
#include "broker/replication/partition.h"
#include "broker/replication/partition_table.h"
#include "broker/replication/produced_batch.h"
#include "storage/env/clock.h"

namespace barnabas::broker {

// One batch as it came; `encoded` and what `keeper` holds belong together.
struct IncomingBatch {
  // Its structured records may be moved out.
  v1::ProduceBatch* envelope = nullptr;
  absl::InlinedVector<std::string_view, 8> encoded;
  std::shared_ptr<const void> keeper;
};

// A batch and where it goes. The sink and ticket are the caller's to fill in.
struct RoutedBatch {
  std::shared_ptr<Partition> partition;
  ProducedBatch batch;
};

// Names of what a batch was meant for, as far as they could be found.
struct Destination {
  std::string topic;
  std::string topic_id;
  int32_t partition = -1;
  // Set once the partition was found.
  std::optional<TopicPartition> key;
};

class ProduceIntake {
 public:
  ProduceIntake(const PartitionTable* table, const env::Clock* clock)
      : table_(table), clock_(clock) {}

  // `destination` is filled as far as it is known, also on errors.
  absl::StatusOr<RoutedBatch> Route(IncomingBatch incoming,
                                    Destination* destination);

 private:
  absl::StatusOr<std::shared_ptr<Partition>> FindDestination(
      const v1::ProduceBatch& envelope, Destination* destination);
  absl::Status TakeEncoded(IncomingBatch incoming, RoutedBatch* routed) const;
  absl::Status TakeStructured(v1::ProduceBatch* envelope,
                              RoutedBatch* routed) const;

  const PartitionTable* const table_;
  const env::Clock* const clock_;
  std::atomic<uint32_t> turn_{0};
};

// Gives every batch to its partition's loop, one post per loop. What a full
// loop does not take is refused with OVERLOADED through its sink. `done`, if
// given, is called once, on some thread, when all partitions have theirs.
void PostBatches(std::vector<RoutedBatch> batches,
                 absl::AnyInvocable<void()> done = nullptr);

// Kafka's choice for a key among `count` partitions: murmur2.
int32_t PartitionForKey(std::string_view key, int32_t count);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_PRODUCE_INTAKE_H_
