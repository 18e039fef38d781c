// BatchBuilder: makes one encoded batch out of records.
//
// What: appends records straight in their encoded form behind a reserved
//   header; Finish compresses, fills the header in and computes the checksum.
//   A builder is reused by Reset: its memory stays.
// Units: bytes; timestamps in milliseconds.
// Empty case: a builder without records has no batch; Finish is then refused
//   by CHECK.
// Thread: one at a time.
// Errors: Append cannot fail; the caller watches EstimateBytes and
//   record_count against its limits (kRecordsPerBatchMax).
// Always true: offset deltas are 0, 1, 2, ...; what Finish returned passes
//   CheckBatch and CheckProduced.
#ifndef BARNABAS_STORAGE_RECORD_BATCH_BUILDER_H_
#define BARNABAS_STORAGE_RECORD_BATCH_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "storage/record/batch_header.h"
#include "storage/record/record.h"

namespace barnabas::record {

// Who sends a batch and where it stands in the producer's sequence.
struct BatchProducer {
  ProducerId id = kNoProducer;
  ProducerEpoch epoch = kNoProducerEpoch;
  int32_t base_sequence = -1;
};

class BatchBuilder {
 public:
  using Producer = BatchProducer;

  explicit BatchBuilder(Codec codec = Codec::kNone);

  // Level of the codec; nullopt is the codec's usual one. Beyond the codec's
  // range the nearest is taken.
  void SetCodec(Codec codec, std::optional<int> level = std::nullopt);

  // Adds one record. By reference: copying an optional that was just made
  // stalls the processor for as long as writing the record takes.
  void Append(int64_t timestamp_ms, const std::optional<std::string_view>& key,
              const std::optional<std::string_view>& value,
              absl::Span<const HeaderView> headers = {});

  int32_t record_count() const { return record_count_; }
  bool Empty() const { return record_count_ == 0; }
  // Bytes of the batch if it were finished uncompressed now; the header alone
  // when empty.
  size_t EstimateBytes() const { return used_; }
  // What one more such record adds at most.
  static size_t RecordBytesMax(const std::optional<std::string_view>& key,
                               const std::optional<std::string_view>& value,
                               absl::Span<const HeaderView> headers);

  // The finished batch, base offset 0 and leader epoch -1. The builder is then
  // empty. May be followed by Restamp on the bytes.
  std::string Finish(const Producer& producer = {});

  // Drops all records; memory and codec stay.
  void Reset();

 private:
  // Makes sure that `bytes` can be written behind used_.
  void Reserve(size_t bytes);

  Codec codec_;
  std::optional<int> level_;

  // [0, used_) is the header's place and the records; what lies behind up to
  // size() may be written to.
  std::string buffer_;
  size_t used_ = kBatchHeaderBytes;
  // What the last batch that took the buffer along needed: the next buffer
  // has it at once.
  size_t expected_bytes_ = 0;
  int32_t record_count_ = 0;
  int64_t base_timestamp_ms_ = 0;
  int64_t max_timestamp_ms_ = 0;
};

// Rewrites producer and sequence of a finished batch and its checksum, for a
// producer that was given a new id or epoch after batches were built.
void Restamp(std::string* batch, const BatchBuilder::Producer& producer);

// A control batch with one record, as in kafka-facts 4.3. `type` and `value`
// are the control record's key type and value.
std::string BuildControlBatch(int16_t type, std::string_view value,
                              int64_t timestamp_ms,
                              const BatchBuilder::Producer& producer = {});

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_BATCH_BUILDER_H_
