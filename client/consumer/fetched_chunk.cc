#include "client/consumer/fetched_chunk.h"

#include <utility>

#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::client {

FetchedChunk::FetchedChunk(rpc::Received<rpc::FetchResponseView> received,
                           bool check_crc)
    : received_(std::move(received)), check_crc_(check_crc) {}

absl::StatusOr<bool> FetchedChunk::OpenNext() {
  while (next_batch_ < Batches()) {
    const record::BatchView& batch = cutter_.batches()[next_batch_];
    ++next_batch_;
    if (batch.header.IsControl() || batch.header.record_count == 0) continue;
    // A codec's memory is needed as long as its records; plain batches share
    // one reader.
    const bool plain = batch.header.codec() == record::Codec::kNone;
    if (readers_.empty() || !plain) readers_.emplace_back();
    RETURN_IF_ERROR(readers_.back().Open(batch, check_crc_));
    return true;
  }
  return false;
}

absl::Status FetchedChunk::Decode(int64_t from, int64_t records_max,
                                  std::vector<record::RecordView>* records) {
  if (!cut_) {
    RETURN_IF_ERROR(cutter_.Cut(received_.view.encoded));
    cut_ = true;
  }
  int64_t left = records_max;
  while (left > 0) {
    if (!open_) {
      ASSIGN_OR_RETURN(open_, OpenNext());
      if (!open_) break;
    }
    records->emplace_back();
    const absl::StatusOr<bool> more = readers_.back().Next(&records->back());
    if (!more.ok() || !*more) {
      records->pop_back();
      open_ = false;
      RETURN_IF_ERROR(more.status());
      continue;
    }
    if (records->back().offset.value() < from) {
      records->pop_back();
    } else {
      --left;
    }
  }
  // So that Exhausted is known without another call.
  if (!open_ && next_batch_ < Batches()) {
    ASSIGN_OR_RETURN(open_, OpenNext());
  }
  return absl::OkStatus();
}

}  // namespace barnabas::client
