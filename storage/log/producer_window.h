// ProducerWindow: what one partition remembers of its idempotent producers.
//
// What: per producer id the epoch and the last five batches; from them it
//   tells a new batch from a repeated one and from one behind a gap. A pure
//   function of the log's batches in order, so that it is equal on every
//   replica and after every restart (I5).
// Units: sequences count records per (producer, epoch) and wrap from 2^31 - 1
//   to 0; times are milliseconds of wall time.
// Empty case: nothing remembered: every producer is unknown.
// Thread: none; the owner serialises. Pure: no clock, no I/O.
// Errors of Check: INVALID_PRODUCER_EPOCH (older epoch), OUT_OF_ORDER_SEQUENCE
//   (gap; a new epoch that does not begin with 0), DUPLICATE_SEQUENCE (older
//   than the five), UNKNOWN_PRODUCER_ID (strict, unknown, not sequence 0).
// Bounds: kProducersPerPartitionMax producers; the least recently heard of
//   goes first. Expire drops those not heard of for long. Heard of means by
//   this process's clock: events may be years older than their arrival.
// Always true: I2 within one epoch accepted sequences rise without a gap; I3
//   a repetition of any of the last five gets the original offsets.
#ifndef BARNABAS_STORAGE_LOG_PRODUCER_WINDOW_H_
#define BARNABAS_STORAGE_LOG_PRODUCER_WINDOW_H_

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "proto/types/ids.h"
#include "proto/types/limits.h"
#include "proto/types/offsets.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

// One remembered batch.
struct ProducerBatch {
  int32_t last_sequence = -1;
  Offset last_offset;
  int32_t offset_delta = 0;
  int64_t timestamp_ms = -1;

  int32_t FirstSequence() const;
  Offset FirstOffset() const { return last_offset.Plus(-offset_delta); }
  bool operator==(const ProducerBatch&) const = default;
};

// All that is remembered of one producer.
struct ProducerEntry {
  ProducerId id;
  ProducerEpoch epoch;
  // Oldest first; the first `count` are valid.
  std::array<ProducerBatch, kBatchesPerProducer> batches;
  int32_t count = 0;
  // Of the last batch or control batch; goes to the snapshot.
  int64_t timestamp_ms = -1;
  int32_t coordinator_epoch = -1;
  int64_t transaction_first_offset = -1;

  const ProducerBatch* Last() const {
    return count == 0 ? nullptr : &batches[static_cast<size_t>(count) - 1];
  }
  void Push(const ProducerBatch& batch);
  bool operator==(const ProducerEntry&) const = default;
};

class ProducerWindow {
 public:
  ProducerWindow() = default;
  ProducerWindow(const ProducerWindow&) = delete;
  ProducerWindow& operator=(const ProducerWindow&) = delete;
  ProducerWindow(ProducerWindow&&) = default;
  ProducerWindow& operator=(ProducerWindow&&) = default;

  // Judges a leader's new batch: nullopt to append it, else the batch that it
  // repeats. `strict` refuses unknown producers that do not begin with 0.
  absl::StatusOr<std::optional<ProducerBatch>> Check(
      const record::BatchHeader& header, bool strict) const;

  // Notes a batch that is in the log, with its final offsets. Batches without
  // a producer, and those of an older epoch, change nothing.
  void Note(const record::BatchHeader& header, int64_t now_ms);

  // Drops producers last heard of before `before_ms`.
  void Expire(int64_t before_ms);
  void Clear();

  // Least recently heard of first.
  std::vector<ProducerEntry> Entries() const;
  // Takes over what a snapshot holds, as heard of at `now_ms`.
  void Restore(const std::vector<ProducerEntry>& entries, int64_t now_ms);

  int32_t size() const { return static_cast<int32_t>(by_id_.size()); }

 private:
  struct Heard {
    ProducerEntry entry;
    int64_t heard_ms = 0;
  };
  using Recency = std::list<Heard>;

  // The producer's place, moved to the most recent end; made if unknown.
  ProducerEntry* Touch(ProducerId id, int64_t now_ms);

  // Least recent first.
  Recency recency_;
  absl::flat_hash_map<ProducerId, Recency::iterator> by_id_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_PRODUCER_WINDOW_H_
