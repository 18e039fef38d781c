#include "broker/service/consumer_service.h"

#include <memory>

#include "broker/service/fetch_stream.h"
#include "broker/service/list_offsets.h"
#include "broker/service/offsets_for_times.h"
#include "broker/service/poll.h"
#include "broker/service/tail.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"

namespace barnabas::broker {

grpc::ServerUnaryReactor* ConsumerService::Poll(
    grpc::CallbackServerContext* context, const v1::PollRequest* request,
    v1::PollResponse* response) {
  return StartPoll(context_, context, request, response);
}

grpc::ServerWriteReactor<v1::TailResponse>* ConsumerService::Tail(
    grpc::CallbackServerContext* context, const v1::TailRequest* request) {
  return StartTail(context_, request);
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
ConsumerService::FetchStream(grpc::CallbackServerContext* context) {
  auto stream = std::make_shared<class FetchStream>(context_, context);
  stream->Begin();
  return stream.get();
}

grpc::ServerUnaryReactor* ConsumerService::ListOffsets(
    grpc::CallbackServerContext* context, const v1::ListOffsetsRequest* request,
    v1::ListOffsetsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(
      rpc::ToGrpc(broker::ListOffsets(*context_, *request, response)));
  return reactor;
}

grpc::ServerUnaryReactor* ConsumerService::OffsetsForTimes(
    grpc::CallbackServerContext* context,
    const v1::OffsetsForTimesRequest* request,
    v1::OffsetsForTimesResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  env::EventLoop* loop =
      context_->reading->At(reinterpret_cast<uintptr_t>(request) >> 6);
  const bool taken = loop->Post([this, request, response, reactor] {
    reactor->Finish(
        rpc::ToGrpc(broker::OffsetsForTimes(*context_, *request, response)));
  });
  if (taken) return reactor;
  reactor->Finish(rpc::ToGrpc(MakeError(ErrorCode::kOverloaded,
                                        "the broker has too much to do",
                                        "try again later")));
  return reactor;
}

}  // namespace barnabas::broker
