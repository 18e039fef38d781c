// BatchReader: walks whole batches in a run of bytes, and their records.
//
// What: the readers' side of the format. BatchReader steps from batch to
//   batch; RecordReader walks the records of one, decompressing once into a
//   buffer of its own that is reused from batch to batch.
// Units: bytes, offsets.
// Empty case: no bytes: Next gives nullopt at once.
// Thread: one at a time.
// Errors: CORRUPT_RECORD with the batch's offsets as detail; a trailing part
//   of a batch ends BatchReader quietly, remaining() tells how much is left.
#ifndef BARNABAS_STORAGE_RECORD_BATCH_READER_H_
#define BARNABAS_STORAGE_RECORD_BATCH_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/record/batch_header.h"
#include "storage/record/record.h"

namespace barnabas::record {

// One whole batch: header and all its bytes.
struct BatchView {
  BatchHeader header;
  std::string_view bytes;

  std::string_view RecordBytes() const {
    return bytes.substr(kBatchHeaderBytes);
  }
};

class BatchReader {
 public:
  explicit BatchReader(std::string_view bytes) : rest_(bytes) {}

  // The next whole batch; nullopt at the end or when only a part is left.
  // A length field below the header's size is CORRUPT_RECORD.
  absl::StatusOr<std::optional<BatchView>> Next();

  std::string_view remaining() const { return rest_; }

 private:
  std::string_view rest_;
};

class RecordReader {
 public:
  // Begins with `batch`, whose bytes must outlive the reading. Checks the
  // checksum when `check_crc`. Decompresses at most kInflatedBytesMax.
  absl::Status Open(const BatchView& batch, bool check_crc);

  // Fills `record` with the next record; false after the last one. Log append
  // time is applied. Views live until the next Open.
  absl::StatusOr<bool> Next(RecordView* record);

 private:
  BatchHeader header_;
  std::string inflated_;
  std::string_view rest_;
  int32_t left_ = 0;
};

// Type of a control batch's record (key type of kafka-facts 4.3).
absl::StatusOr<int16_t> ControlTypeOf(const BatchView& batch);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_BATCH_READER_H_
