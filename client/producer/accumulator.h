// Accumulator: the records of one partition that gather into batches.
//
// What: records are encoded at once into the open batch; a batch that is full
//   is sealed and another opened. The sender takes batches from the front, the
//   open one too when it may wait no longer, and finishes them (compression,
//   checksum) on its own time.
// Units: bytes; monotonic time. Ranges: batch_bytes > 0; a record larger than
//   that makes a batch of its own.
// Empty case: nothing gathered: Empty(), TakeFirst gives nullopt.
// Thread: one at a time (the producer locks around it, briefly).
// Errors: none; sizes were judged before.
// Always true: records leave in the order in which they came.
#ifndef BARNABAS_CLIENT_PRODUCER_ACCUMULATOR_H_
#define BARNABAS_CLIENT_PRODUCER_ACCUMULATOR_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/producer/pending_batch.h"
#include "storage/record/batch_builder.h"
#include "storage/record/record.h"

namespace barnabas::client {

struct AccumulatorOptions {
  int64_t batch_bytes = 256 * 1024;
  record::Codec codec = record::Codec::kNone;
  std::optional<int> level = std::nullopt;
};

// A record about to be encoded. It refers to what the caller has, during
// Append only: copying optionals that were just made stalls the processor.
struct GatheredRecord {
  const std::optional<std::string_view>& key;
  const std::optional<std::string_view>& value;
  absl::Span<const record::HeaderView> headers;
  int64_t timestamp_ms = 0;
  // What it takes of memory; see RecordBytesMax of the builder.
  int64_t bytes = 0;
};

// A batch that is not finished yet: a builder, or ready-made bytes.
struct GatheredBatch {
  record::BatchBuilder builder;
  // Carries everything but the bytes of a builder.
  PendingBatchPtr batch;
  bool ready_made = false;

  int32_t records() const {
    return ready_made ? batch->records : builder.record_count();
  }

  // The finished batch; `stamp` goes into its bytes. The builder is empty
  // afterwards and may be given back.
  PendingBatchPtr Finish(const record::BatchProducer& stamp);
};

class Accumulator {
 public:
  explicit Accumulator(const AccumulatorOptions& options) : options_(options) {}

  struct Outcome {
    // A batch was opened for the record; it belongs to `generation`.
    bool opened = false;
    // At least one whole batch waits.
    bool has_sealed = false;
  };
  // `callback` may be null.
  Outcome Append(const GatheredRecord& record, absl::Duration now,
                 uint64_t generation, DeliveryCallback&& callback);

  // Puts a finished batch behind what gathered so far.
  void AppendReadyMade(PendingBatchPtr batch);

  bool Empty() const { return batches_.empty(); }
  bool HasSealed() const;
  // Whether the open batch takes `bytes` more; if not, Append opens another.
  bool Fits(int64_t bytes) const;
  // When the first batch was opened.
  std::optional<absl::Duration> FirstOpened() const;
  // What the first batch takes on the wire at most; 0 without one.
  int64_t FirstBytesMax() const;

  // The first batch; an open one only if `open_too`.
  std::optional<GatheredBatch> TakeFirst(bool open_too);

  // A builder from Finish, whose memory serves again.
  void GiveBack(record::BatchBuilder builder);

 private:
  void Open(absl::Duration now, uint64_t generation);

  const AccumulatorOptions options_;
  // The last one is open unless sealed_last_.
  std::deque<GatheredBatch> batches_;
  bool sealed_last_ = true;
  std::optional<record::BatchBuilder> spare_;
  // Callbacks of the batch that left last: the next one has room for as many.
  size_t callbacks_expected_ = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_ACCUMULATOR_H_
