#include "broker/service/init_producer.h"

#include <cstdint>

#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

absl::Status Check(const v1::InitProducerRequest& request) {
  if (!request.transactional_id().empty()) {
    return MakeError(ErrorCode::kUnsupportedFeature,
                     "transactions come with a later release",
                     "leave transactional_id empty");
  }
  const bool sane =
      request.has_producer_id() == request.has_producer_epoch() &&
      (!request.has_producer_id() ||
       (request.producer_id() >= 0 && request.producer_epoch() >= 0 &&
        request.producer_epoch() <= INT16_MAX));
  if (sane) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidRequest,
                   "producer id and epoch must be given both and in range",
                   "give what InitProducer answered last, or neither");
}

}  // namespace

void StartInitProducer(ProducerIdBlock* ids,
                       const v1::InitProducerRequest& request,
                       v1::InitProducerResponse* response,
                       grpc::ServerUnaryReactor* reactor) {
  const absl::Status checked = Check(request);
  if (!checked.ok()) {
    reactor->Finish(rpc::ToGrpc(checked));
    return;
  }
  if (request.has_producer_id() && request.producer_epoch() < INT16_MAX) {
    response->set_producer_id(request.producer_id());
    response->set_producer_epoch(request.producer_epoch() + 1);
    reactor->Finish(grpc::Status::OK);
    return;
  }
  ids->Next([response, reactor](absl::StatusOr<ProducerId> id) {
    if (id.ok()) response->set_producer_id(id->value());
    reactor->Finish(rpc::ToGrpc(id.status()));
  });
}

}  // namespace barnabas::broker
