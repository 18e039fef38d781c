// ProducedBatch: one batch from a client on its way into a partition's log,
// and the answer to it.
//
// What: what travels from the thread that read a request to the partition's
//   loop, and the sink that takes what became of it.
// Units: bytes, offsets; the receipt's offsets are half-open.
// Empty case: `records` is null for an encoded batch, `slices` is empty for
//   structured records.
// Thread: plain values; a sink is called on the partition's loop.
// Errors: a receipt is a Status where the batch was not stored.
// Always true: every batch that is given to Partition::Produce is answered
//   exactly once; slices stay valid as long as `keeper` lives.
#ifndef BARNABAS_BROKER_REPLICATION_PRODUCED_BATCH_H_
#define BARNABAS_BROKER_REPLICATION_PRODUCED_BATCH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "barnabas/v1/common.pb.h"
#include "barnabas/v1/record.pb.h"
#include "proto/types/offsets.h"
#include "storage/record/batch_header.h"

namespace barnabas::broker {

// What a stored batch is acknowledged with.
struct ProduceReceipt {
  Offset base_offset;
  Offset end_offset;
  LeaderEpoch leader_epoch;
  std::optional<int64_t> append_time_ms;
  v1::Durability durability = v1::DURABILITY_UNSPECIFIED;
  bool duplicate = false;
};

// Takes answers. `ticket` is the sink's own name for a batch.
class ProduceSink {
 public:
  virtual ~ProduceSink() = default;

  virtual void Answer(uint64_t ticket,
                      const absl::StatusOr<ProduceReceipt>& receipt) = 0;
  // Some answers were given and no more follow for now: time to write.
  virtual void AnswersEnd() = 0;
};

struct ProducedBatch {
  std::shared_ptr<ProduceSink> sink;
  uint64_t ticket = 0;
  v1::Acks acks = v1::ACKS_ALL;
  std::optional<LeaderEpoch> leader_epoch;
  // Monotonic time.
  absl::Duration arrived;

  // An encoded batch that passed CheckBatch and CheckProduced.
  record::BatchHeader header;
  absl::InlinedVector<std::string_view, 8> slices;
  std::shared_ptr<const void> keeper;

  // Structured records without a producer, to be stored together with others.
  std::unique_ptr<v1::RecordBatch> records;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_PRODUCED_BATCH_H_
