// Frame layout: the hot frames of both data streams, cut without copying.
//
// What: finds, in the bytes of a ProduceStreamRequest or FetchStreamResponse,
//   the small envelope and the large `encoded` payloads, and makes the
//   envelopes that stand before payloads on the way out. The bytes are exactly
//   protobuf's: any client's encoding is read, and any client reads ours.
// How: the payload field has the highest number, so encoders write it last and
//   everything before it is small. Fields other than payloads go to protobuf's
//   parser; bytes laid out in a way not expected go there as a whole.
// Units: bytes. Empty case: a message without bytes is a frame of no kind.
// Thread: pure functions. Views live as long as the slices and the struct.
// Errors: PROTOCOL_ERROR for bytes that are no such message; INVALID_REQUEST
//   for more than kBatchesPerFrameMax batches.
// Always true: envelope plus payload equals what protobuf's parser gives.
#ifndef BARNABAS_CLIENT_RPC_FRAME_LAYOUT_H_
#define BARNABAS_CLIENT_RPC_FRAME_LAYOUT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "barnabas/v1/consumer.pb.h"
#include "barnabas/v1/producer.pb.h"
#include "client/rpc/slice_cursor.h"

namespace barnabas::rpc {

// One batch of a produce frame.
struct ProduceBatchView {
  // Every field but the bytes of `encoded`; payload_case() tells which payload
  // there is.
  v1::ProduceBatch envelope;
  // Bytes of `encoded`, in order; never empty pieces.
  Pieces encoded;
  int64_t encoded_bytes = 0;
};

// One message from a producer.
struct ProduceRequestView {
  bool IsProduce() const {
    return message.frame_case() == v1::ProduceStreamRequest::kProduce;
  }

  // The message; a produce frame in it has sequence and acks but no batches.
  v1::ProduceStreamRequest message;
  // Of a produce frame, in order.
  std::vector<ProduceBatchView> batches;
};

// One message to a consumer.
struct FetchResponseView {
  bool IsFetch() const {
    return message.frame_case() == v1::FetchStreamResponse::kFetch;
  }

  // The message; a fetch frame in it has every field but the bytes of
  // `encoded`.
  v1::FetchStreamResponse message;
  Pieces encoded;
  int64_t encoded_bytes = 0;
};

// `view` must be empty; it is filled in place, since pieces may point into it.
absl::Status ParseProduceRequest(absl::Span<const std::string_view> slices,
                                 ProduceRequestView* view);
absl::Status ParseFetchResponse(absl::Span<const std::string_view> slices,
                                FetchResponseView* view);

// A batch about to be written: its fields without payload, and how many
// payload bytes follow.
struct ProduceBatchPlan {
  v1::ProduceBatch envelope;
  int64_t encoded_bytes = 0;
};

// What stands before each payload: text 0, payload 0, text 1, payload 1, ...
// is one ProduceStreamRequest. Without batches one text is the whole message.
std::vector<std::string> LayOutProduceRequest(
    uint64_t sequence, v1::Acks acks, absl::Span<const ProduceBatchPlan> plans);

// What stands before the payload: text and payload are one
// FetchStreamResponse.
std::string LayOutFetchResponse(const v1::FetchFrame& envelope,
                                int64_t encoded_bytes);

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_FRAME_LAYOUT_H_
