// PendingBatch: one encoded batch between Send and its acknowledgement.
//
// What: the bytes, who waits for them, and where they stand in the producer's
//   sequence. Passed from hand to hand: accumulator, send window, sender.
// Units: bytes; `opened` is monotonic time.
// Empty case: records is above 0 but in a hollow one, whose callers were
//   answered already and whose outcome still matters for the sequence.
// Thread: one owner at a time. gRPC may still read `bytes` after a write, so
//   they are changed only through Stamp. Errors: none.
#ifndef BARNABAS_CLIENT_PRODUCER_PENDING_BATCH_H_
#define BARNABAS_CLIENT_PRODUCER_PENDING_BATCH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "client/producer/delivery.h"
#include "storage/record/batch_builder.h"

namespace barnabas::client {

// Who wants to know about record number `index` of a batch.
struct RecordCallback {
  int32_t index = 0;
  DeliveryCallback callback;
};

struct PendingBatch {
  // A whole RecordBatch; shared with writes under way.
  std::shared_ptr<std::string> bytes;
  int32_t records = 0;
  // What it takes of buffer_memory.
  int64_t reserved_bytes = 0;
  absl::Duration opened;
  // Which Flush waits for it.
  uint64_t generation = 0;
  std::vector<RecordCallback> callbacks;

  // As the bytes say; base_sequence -1 before the first numbering.
  record::BatchProducer stamp;
  // Place in the partition's order, from 1; 0 before the first sending.
  uint64_t order = 0;
  // Frame of the stream that it went out with.
  uint64_t frame = 0;
  // Its number changed after it went out: the refusal to come is no news.
  bool shifted = false;
  // Answered to its callers; only its outcome is of interest.
  bool hollow = false;
  int32_t attempts = 0;
};

using PendingBatchPtr = std::unique_ptr<PendingBatch>;

// Writes a new producer and sequence into the bytes, on a copy if a write may
// still be reading them.
inline void Stamp(const record::BatchProducer& stamp, PendingBatch* batch) {
  batch->stamp = stamp;
  if (batch->bytes == nullptr) return;
  if (batch->bytes.use_count() > 1) {
    batch->bytes = std::make_shared<std::string>(*batch->bytes);
  }
  record::Restamp(batch->bytes.get(), stamp);
}

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_PENDING_BATCH_H_
