// FrameCursor: the records of one fetched frame, a part at a time.
//
// What: walks the batches of a frame as they lie in the slices received, in
//   place; only records that straddle slices are copied. Control batches and
//   records below the position are passed.
// Units: offsets, records. Empty case: no bytes: AtEnd() at once.
// Thread: one at a time. The pieces must outlive the cursor and what it gave.
// Errors: CORRUPT_RECORD with the offsets of the batch as detail, and others
//   of batch_reader.h; the records before the damage were given. Asked again
//   it gives the same error.
// Always true: offsets given rise, and none lies below the position.
#ifndef BARNABAS_CLIENT_CONSUMER_FRAME_CURSOR_H_
#define BARNABAS_CLIENT_CONSUMER_FRAME_CURSOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "client/rpc/slice_cursor.h"
#include "storage/record/batch_header.h"
#include "storage/record/batch_reader.h"
#include "storage/record/record.h"

namespace barnabas::client {

// Records, and what their views lie in beside the frame.
struct RecordChunk {
  std::vector<record::RecordView> records;
  std::vector<std::shared_ptr<const void>> holds;
};

class FrameCursor {
 public:
  FrameCursor(rpc::Pieces pieces, bool check_crc);
  FrameCursor(const FrameCursor&) = delete;
  FrameCursor& operator=(const FrameCursor&) = delete;

  bool AtEnd() const { return batch_ == nullptr && cursor_.AtEnd(); }

  // Appends records at or after `position` until `chunk` holds `records_max`
  // (0: all), and moves `position` behind the last one, or behind the frame.
  absl::Status Read(int64_t records_max, int64_t* position, RecordChunk* chunk);

 private:
  // A batch that is being read.
  struct OpenBatch {
    record::BatchHeader header;
    record::RecordReader reader;
  };

  // The next batch with records at or after `position`, or none.
  absl::Status OpenNext(int64_t* position);
  absl::Status ReadBatch(int64_t records_max, int64_t* position,
                         RecordChunk* chunk);

  const rpc::Pieces pieces_;
  const bool check_crc_;
  rpc::SliceCursor cursor_;
  std::shared_ptr<OpenBatch> batch_;
  absl::Status failure_;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FRAME_CURSOR_H_
