// ProducerService: barnabas.v1.Producer on a broker.
//
// What: the gRPC service object: one line per RPC, no logic, no state.
// Units, errors: those of the RPCs' own files. Empty case: none.
// Thread: gRPC's threads call in.
#ifndef BARNABAS_BROKER_SERVICE_PRODUCER_SERVICE_H_
#define BARNABAS_BROKER_SERVICE_PRODUCER_SERVICE_H_

#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/producer.grpc.pb.h"
#include "broker/cluster/producer_id_block.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

using RawProducer = v1::Producer::WithCallbackMethod_InitProducer<
    v1::Producer::WithCallbackMethod_Produce<
        v1::Producer::WithRawCallbackMethod_ProduceStream<
            v1::Producer::Service>>>;

class ProducerService final : public RawProducer {
 public:
  ProducerService(const ServiceContext* context, ProducerIdBlock* ids)
      : context_(context), ids_(ids) {}

  grpc::ServerUnaryReactor* InitProducer(
      grpc::CallbackServerContext* context,
      const v1::InitProducerRequest* request,
      v1::InitProducerResponse* response) override;
  grpc::ServerUnaryReactor* Produce(grpc::CallbackServerContext* context,
                                    const v1::ProduceRequest* request,
                                    v1::ProduceResponse* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ProduceStream(
      grpc::CallbackServerContext* context) override;

 private:
  const ServiceContext* const context_;
  ProducerIdBlock* const ids_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_PRODUCER_SERVICE_H_
