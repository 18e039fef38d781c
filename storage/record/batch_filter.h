// BatchFilter: a stored batch with some of its records left out.
//
// What: what compaction does to one batch. Offsets, sequence, leader epoch and
//   the range of offsets stay as they are; records that stay keep their bytes,
//   under the same codec; the batch's largest timestamp is that of what is
//   left. A delete horizon (kafka-facts 4.9) may be set: attribute bit 6, and
//   base timestamp = horizon, against which the records' times are then told.
// Units: milliseconds of wall time.
// Empty case: when no record stays, the outcome is a header alone that still
//   says offsets and sequence; whether that is worth keeping the caller knows.
// Thread: one at a time; memory is reused from batch to batch.
// Errors: CORRUPT_RECORD and UNSUPPORTED_COMPRESSION as RecordReader. The
//   checksum is the caller's to check.
// Always true: when every record stays and no horizon is set, the bytes are
//   those that came in.
#ifndef BARNABAS_STORAGE_RECORD_BATCH_FILTER_H_
#define BARNABAS_STORAGE_RECORD_BATCH_FILTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/record/batch_header.h"
#include "storage/record/batch_reader.h"
#include "storage/record/record.h"

namespace barnabas::record {

class BatchFilter {
 public:
  struct Outcome {
    BatchHeader header;
    // All bytes of the new batch; they live until the next Apply, or as long
    // as the batch that came in.
    std::string_view bytes;
    int32_t kept = 0;
    int32_t removed = 0;
  };

  // Leaves out the records that `keep` refuses. `horizon_ms` is set as delete
  // horizon if a record without a value stays and the batch has none yet.
  absl::StatusOr<Outcome> Apply(const BatchView& batch,
                                absl::FunctionRef<bool(const RecordView&)> keep,
                                std::optional<int64_t> horizon_ms);

 private:
  // Decides in one walk what stays.
  struct Choice;
  absl::StatusOr<Choice> Choose(
      const BatchView& batch, absl::FunctionRef<bool(const RecordView&)> keep);
  // Copies it, with `shift_ms` added to all timestamp deltas.
  absl::Status CopyChosen(const BatchView& batch, const Choice& choice,
                          int64_t shift_ms);
  void Copy(std::string_view record, int64_t shift_ms);
  // Puts `header` and what was copied together.
  absl::StatusOr<std::string_view> Seal(BatchHeader* header);

  RecordReader reader_;
  std::string inflated_;
  // The records that stay, uncompressed.
  std::string records_;
  std::string batch_;
};

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_BATCH_FILTER_H_
