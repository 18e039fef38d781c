#include "client/rpc/frame_codec.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::rpc {
namespace {

std::string_view ViewOf(const grpc::Slice& slice) {
  return std::string_view(reinterpret_cast<const char*>(slice.begin()),
                          slice.size());
}

absl::Status Dump(const grpc::ByteBuffer& buffer,
                  std::vector<grpc::Slice>* slices) {
  if (!buffer.Valid()) return absl::OkStatus();
  const grpc::Status status = buffer.Dump(slices);
  if (status.ok()) return absl::OkStatus();
  return MakeError(ErrorCode::kInternal, absl::StrCat("gRPC gave no bytes: ",
                                                      status.error_message()));
}

template <typename View>
absl::StatusOr<Received<View>> Read(
    const grpc::ByteBuffer& buffer,
    absl::Status (*parse)(absl::Span<const std::string_view>, View*)) {
  Received<View> received;
  RETURN_IF_ERROR(Dump(buffer, &received.slices));
  Pieces pieces;
  for (const grpc::Slice& slice : received.slices) {
    pieces.push_back(ViewOf(slice));
  }
  RETURN_IF_ERROR(parse(pieces, &received.view));
  return received;
}

int64_t BytesOf(absl::Span<const grpc::Slice> slices) {
  int64_t bytes = 0;
  for (const grpc::Slice& slice : slices) {
    bytes += static_cast<int64_t>(slice.size());
  }
  return bytes;
}

void DropString(void* text) { delete static_cast<std::string*>(text); }

using SharedString = std::shared_ptr<const std::string>;

void DropShared(void* text) { delete static_cast<SharedString*>(text); }

}  // namespace

absl::StatusOr<Received<ProduceRequestView>> ReadProduceRequest(
    const grpc::ByteBuffer& buffer) {
  return Read(buffer, &ParseProduceRequest);
}

absl::StatusOr<Received<FetchResponseView>> ReadFetchResponse(
    const grpc::ByteBuffer& buffer) {
  return Read(buffer, &ParseFetchResponse);
}

grpc::ByteBuffer WriteProduceRequest(uint64_t sequence, v1::Acks acks,
                                     absl::Span<const OutgoingBatch> batches) {
  std::vector<ProduceBatchPlan> plans;
  plans.reserve(batches.size());
  for (const OutgoingBatch& batch : batches) {
    plans.push_back({batch.envelope, BytesOf(batch.encoded)});
  }
  std::vector<std::string> texts = LayOutProduceRequest(sequence, acks, plans);
  std::vector<grpc::Slice> slices;
  for (size_t i = 0; i < texts.size(); ++i) {
    slices.push_back(SliceOf(std::move(texts[i])));
    if (i == batches.size()) break;
    slices.insert(slices.end(), batches[i].encoded.begin(),
                  batches[i].encoded.end());
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

grpc::ByteBuffer WriteFetchResponse(const v1::FetchFrame& envelope,
                                    absl::Span<const grpc::Slice> encoded) {
  std::vector<grpc::Slice> slices;
  slices.reserve(encoded.size() + 1);
  slices.push_back(SliceOf(LayOutFetchResponse(envelope, BytesOf(encoded))));
  slices.insert(slices.end(), encoded.begin(), encoded.end());
  return grpc::ByteBuffer(slices.data(), slices.size());
}

grpc::Slice SliceOf(std::string bytes) {
  // Short texts are cheaper inside the slice than behind a reference count.
  constexpr size_t kCopiedBytesMax = 64;
  if (bytes.size() <= kCopiedBytesMax) {
    return grpc::Slice(bytes.data(), bytes.size());
  }
  auto* owned = new std::string(std::move(bytes));
  return grpc::Slice(owned->data(), owned->size(), &DropString, owned);
}

grpc::Slice SliceOf(std::shared_ptr<const std::string> bytes) {
  auto* owned = new SharedString(std::move(bytes));
  // gRPC's slices are not const, but nothing writes to one that was sent.
  char* data = const_cast<char*>((*owned)->data());
  return grpc::Slice(data, (*owned)->size(), &DropShared, owned);
}

absl::Status ReadMessage(const grpc::ByteBuffer& buffer,
                         google::protobuf::MessageLite* message) {
  std::vector<grpc::Slice> slices;
  RETURN_IF_ERROR(Dump(buffer, &slices));
  std::string flat;
  flat.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) flat.append(ViewOf(slice));
  if (message->ParseFromString(flat)) return absl::OkStatus();
  return MakeError(
      ErrorCode::kProtocolError,
      absl::StrCat("the bytes received are not a ", message->GetTypeName()),
      "use stubs generated from the published protos");
}

}  // namespace barnabas::rpc
