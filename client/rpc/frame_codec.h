// Frame codec: the hot frames of both data streams as grpc::ByteBuffer.
//
// What: frame_layout.h on gRPC's slices. Received keeps the slices alive that
//   its view lies in; writers put payload slices by reference between small
//   envelopes. Payloads are never copied.
// Units: bytes. Empty case: an empty buffer is a message of no kind.
// Thread: pure functions; a Received is a plain value that may be moved.
// Errors: those of frame_layout.h; INTERNAL if gRPC gives no slices.
#ifndef BARNABAS_CLIENT_RPC_FRAME_CODEC_H_
#define BARNABAS_CLIENT_RPC_FRAME_CODEC_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/rpc/frame_layout.h"

namespace barnabas::rpc {

// A received message: a view and the bytes it lies in.
template <typename View>
struct Received {
  // Pieces may lie inside the slices themselves (short ones are inlined), so
  // the vector is filled once and never changed.
  std::vector<grpc::Slice> slices;
  View view;
};

absl::StatusOr<Received<ProduceRequestView>> ReadProduceRequest(
    const grpc::ByteBuffer& buffer);
absl::StatusOr<Received<FetchResponseView>> ReadFetchResponse(
    const grpc::ByteBuffer& buffer);

// One batch of a frame to be written: fields without payload, then payload.
struct OutgoingBatch {
  v1::ProduceBatch envelope;
  std::vector<grpc::Slice> encoded;
};

// A ProduceStreamRequest with one produce frame of encoded batches.
grpc::ByteBuffer WriteProduceRequest(uint64_t sequence, v1::Acks acks,
                                     absl::Span<const OutgoingBatch> batches);

// A FetchStreamResponse with one fetch frame; `envelope` has no payload.
grpc::ByteBuffer WriteFetchResponse(const v1::FetchFrame& envelope,
                                    absl::Span<const grpc::Slice> encoded);

// A slice that owns `bytes`; nothing is copied.
grpc::Slice SliceOf(std::string bytes);
// A slice that shares `bytes`, which nobody may change while it lives.
grpc::Slice SliceOf(std::shared_ptr<const std::string> bytes);

// Any other message of a raw stream, by the ordinary serialiser and parser.
template <typename Message>
grpc::ByteBuffer WriteMessage(const Message& message) {
  const grpc::Slice slice = SliceOf(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

// PROTOCOL_ERROR if `buffer` is no such message.
absl::Status ReadMessage(const grpc::ByteBuffer& buffer,
                         google::protobuf::MessageLite* message);

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_FRAME_CODEC_H_
