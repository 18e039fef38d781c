// BatchReader: walks whole batches in a run of bytes, and their records.
//
// What: the readers' side of the format. BatchReader steps from batch to
//   batch; RecordReader walks the records of one, decompressing once into a
//   buffer of its own that is reused from batch to batch. A plain batch may
//   lie in several pieces, as gRPC delivers it: only records that straddle two
//   of them are copied together.
// Units: bytes, offsets.
// Empty case: no bytes: Next gives nullopt at once.
// Thread: one at a time.
// Errors: CORRUPT_RECORD with the batch's offsets as detail; a trailing part
//   of a batch ends BatchReader quietly, remaining() tells how much is left.
#ifndef BARNABAS_STORAGE_RECORD_BATCH_READER_H_
#define BARNABAS_STORAGE_RECORD_BATCH_READER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
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

// The checksum that the header of a batch in these pieces should say.
uint32_t BatchCrc(absl::Span<const std::string_view> pieces);

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
  // The same with all bytes of the batch in pieces, its header among them.
  absl::Status OpenPieces(const BatchHeader& header,
                          absl::Span<const std::string_view> pieces,
                          bool check_crc);

  // Fills `record` with the next record; false after the last one. Log append
  // time is applied. Views live until the next Open, headers until Next.
  absl::StatusOr<bool> Next(RecordView* record);

  // Appends records with rising offsets of at least `from` until `records`
  // holds `records_max`; false after the last one. After an error `records`
  // has those before the damage. All views live until the next Open.
  absl::StatusOr<bool> Read(Offset from, size_t records_max,
                            std::vector<RecordView>* records);

 private:
  enum class Fault { kNone, kLength, kFields, kOffset };

  absl::Status Check(absl::Span<const std::string_view> pieces,
                     bool check_crc) const;
  absl::Status Inflate();
  // Decodes the next record and passes it, or leaves everything as it was.
  Fault Take(RecordView* record);
  // The same for a record that straddles pieces.
  Fault TakeJoined(RecordView* record);
  // What lies behind a record's length, to its end.
  Fault Decode(const char* at, const char* end, RecordView* record);
  void Pass(size_t bytes);
  absl::Status StatusOf(Fault fault) const;
  // False, or that bytes are left.
  absl::StatusOr<bool> End() const;

  BatchHeader header_;
  std::string inflated_;
  // Where the next record begins, and what follows that piece.
  std::string_view rest_;
  std::vector<std::string_view> pieces_;
  size_t next_piece_ = 0;
  int32_t left_ = 0;
  // Records that straddled pieces.
  std::deque<std::string> joined_;
  // Headers of the last record, and those that Read keeps.
  std::vector<HeaderView> headers_;
  std::deque<std::vector<HeaderView>> kept_headers_;
};

// Type of a control batch's record (key type of kafka-facts 4.3).
absl::StatusOr<int16_t> ControlTypeOf(const BatchView& batch);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_BATCH_READER_H_
