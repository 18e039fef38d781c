// Sequencer: numbers the batches of one partition for idempotent producing.
//
// What: hands out base sequences: each batch begins where the one before
//   ended, wrapping from 2^31 - 1 to 0. A new identity begins at 0 again.
// Units: records. Ranges: sequences in [0, 2^31).
// Empty case: without identity (kNoProducer) nothing is numbered: base
//   sequence -1.
// Thread: one at a time. Errors: none.
#ifndef BARNABAS_CLIENT_PRODUCER_SEQUENCER_H_
#define BARNABAS_CLIENT_PRODUCER_SEQUENCER_H_

#include <cstdint>

#include "proto/types/ids.h"
#include "storage/record/batch_builder.h"

namespace barnabas::client {

// Who the broker takes this producer for.
struct ProducerIdentity {
  ProducerId id = kNoProducer;
  ProducerEpoch epoch = kNoProducerEpoch;

  bool operator==(const ProducerIdentity&) const = default;
  bool IsNone() const { return id == kNoProducer; }
};

class Sequencer {
 public:
  // From now on as `identity`, beginning at 0.
  void Begin(const ProducerIdentity& identity);

  const ProducerIdentity& identity() const { return identity_; }

  // The stamp of the next batch.
  record::BatchProducer Next(int32_t records);

  // `records` that were numbered will never be stored: the numbers after them
  // move up. `stamp` is that of a later batch.
  record::BatchProducer MovedUp(record::BatchProducer stamp,
                                int32_t records) const;
  void TakeBack(int32_t records);

 private:
  ProducerIdentity identity_;
  int32_t next_ = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_SEQUENCER_H_
