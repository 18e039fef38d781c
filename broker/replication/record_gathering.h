// RecordGathering: small structured batches of one partition that are stored
// together (README 19).
//
// What: structured records without a producer id gather here until the
//   partition's loop drains them; they are then encoded once, as few batches,
//   and every sender still hears its own offsets.
// Units: bytes, counts. Empty case: nothing gathered: Drain gives nothing.
// Thread: none; the partition's loop.
// Errors: Add refuses what no batch can hold: INVALID_RECORD (no record, bad
//   timestamp field), BATCH_TOO_LARGE, INVALID_TIMESTAMP; the others that
//   gathered are not touched by it.
// Always true: batches hold whole senders' batches, in the order added.
#ifndef BARNABAS_BROKER_REPLICATION_RECORD_GATHERING_H_
#define BARNABAS_BROKER_REPLICATION_RECORD_GATHERING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "barnabas/v1/record.pb.h"
#include "broker/replication/produced_batch.h"
#include "storage/log/log_config.h"
#include "storage/record/batch_builder.h"

namespace barnabas::broker {

// One encoded batch and who is in it.
struct GatheredBatch {
  struct Part {
    ProducedBatch from;
    // Records [first, first + count) of the batch are its.
    int32_t first = 0;
    int32_t count = 0;
  };
  std::string bytes;
  std::vector<Part> parts;
};

class RecordGathering {
 public:
  // Checks and keeps one batch of structured records. `now_ms` stands in for
  // absent timestamps. On an error `batch` is left as it was.
  absl::Status Add(ProducedBatch* batch, const log::LogConfig& config,
                   int64_t now_ms);

  bool Empty() const { return waiting_.empty(); }
  int64_t bytes() const { return bytes_; }

  // Encodes everything that gathered into batches of at most `bytes_max`.
  std::vector<GatheredBatch> Drain(int64_t bytes_max);

 private:
  struct Waiting {
    ProducedBatch batch;
    int64_t bytes_max = 0;
  };

  record::BatchBuilder builder_;
  std::vector<Waiting> waiting_;
  int64_t bytes_ = 0;
};

// The rules that structured records must keep, and how many bytes they take
// encoded at most.
absl::StatusOr<int64_t> CheckStructured(const v1::RecordBatch& records,
                                        const log::LogConfig& config,
                                        int64_t now_ms);

// Appends `records` to `builder`; absent timestamps become `now_ms`.
void AppendRecords(const v1::RecordBatch& records, int64_t now_ms,
                   record::BatchBuilder* builder);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_RECORD_GATHERING_H_
