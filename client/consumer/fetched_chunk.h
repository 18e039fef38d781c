// FetchedChunk: one fetch frame's records, decoded as they are asked for.
//
// What: owns the bytes that arrived for one partition and walks their records;
//   a chunk may be handed out in several parts (Poll with a bound), which
//   share its bytes. Control batches and records below the position asked for
//   are passed over.
// Units: offsets, bytes of credit.
// Empty case: a chunk of control batches only has no records but still moves
//   the position.
// Thread: Decode by the consumer's thread, one at a time; views of what it
//   gave may be read anywhere as long as the chunk lives.
// Errors: CORRUPT_RECORD with the offsets of the batch as detail; records
//   before it were handed out, those behind it are not.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCHED_CHUNK_H_
#define BARNABAS_CLIENT_CONSUMER_FETCHED_CHUNK_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "client/consumer/batch_cutter.h"
#include "client/rpc/frame_codec.h"
#include "storage/record/batch_reader.h"
#include "storage/record/record.h"

namespace barnabas::client {

class FetchedChunk {
 public:
  // `received` holds a fetch frame.
  FetchedChunk(rpc::Received<rpc::FetchResponseView> received, bool check_crc);

  // Appends up to `records_max` records with offsets of at least `from` to
  // `records`.
  absl::Status Decode(int64_t from, int64_t records_max,
                      std::vector<record::RecordView>* records);
  // Every record was handed out.
  bool Exhausted() const { return cut_ && next_batch_ == Batches() && !open_; }

  int64_t next_offset() const { return frame().next_offset(); }
  int64_t high_watermark() const { return frame().high_watermark(); }
  int32_t leader_epoch() const { return frame().leader_epoch(); }
  int64_t credit_bytes() const { return frame().credit_bytes(); }

 private:
  const v1::FetchFrame& frame() const { return received_.view.message.fetch(); }
  size_t Batches() const { return cutter_.batches().size(); }
  // Opens the next batch that has records; false after the last one.
  absl::StatusOr<bool> OpenNext();

  const rpc::Received<rpc::FetchResponseView> received_;
  const bool check_crc_;
  BatchCutter cutter_;
  bool cut_ = false;
  size_t next_batch_ = 0;
  // One reader for each batch begun, since views may lie in its memory.
  std::deque<record::RecordReader> readers_;
  bool open_ = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCHED_CHUNK_H_
