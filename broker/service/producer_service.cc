#include "broker/service/producer_service.h"

#include <memory>

#include "broker/service/init_producer.h"
#include "broker/service/produce.h"
#include "broker/service/produce_stream.h"

namespace barnabas::broker {

grpc::ServerUnaryReactor* ProducerService::InitProducer(
    grpc::CallbackServerContext* context,
    const v1::InitProducerRequest* request,
    v1::InitProducerResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  StartInitProducer(ids_, *request, response, reactor);
  return reactor;
}

grpc::ServerUnaryReactor* ProducerService::Produce(
    grpc::CallbackServerContext* context, const v1::ProduceRequest* request,
    v1::ProduceResponse* response) {
  return StartProduce(context_, context, request, response);
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
ProducerService::ProduceStream(grpc::CallbackServerContext* context) {
  auto stream = std::make_shared<class ProduceStream>(context_, context);
  stream->Begin();
  return stream.get();
}

}  // namespace barnabas::broker
