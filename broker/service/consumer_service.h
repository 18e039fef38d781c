// ConsumerService: barnabas.v1.Consumer on a broker.
//
// What: the gRPC service object: one line per RPC, no logic, no state.
// Units, errors: those of the RPCs' own files. Empty case: none.
// Thread: gRPC's threads call in.
#ifndef BARNABAS_BROKER_SERVICE_CONSUMER_SERVICE_H_
#define BARNABAS_BROKER_SERVICE_CONSUMER_SERVICE_H_

#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/consumer.grpc.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

using RawConsumer =
    v1::Consumer::WithCallbackMethod_Poll<v1::Consumer::WithCallbackMethod_Tail<
        v1::Consumer::WithRawCallbackMethod_FetchStream<
            v1::Consumer::WithCallbackMethod_ListOffsets<
                v1::Consumer::WithCallbackMethod_OffsetsForTimes<
                    v1::Consumer::Service>>>>>;

class ConsumerService final : public RawConsumer {
 public:
  explicit ConsumerService(const ServiceContext* context) : context_(context) {}

  grpc::ServerUnaryReactor* Poll(grpc::CallbackServerContext* context,
                                 const v1::PollRequest* request,
                                 v1::PollResponse* response) override;
  grpc::ServerWriteReactor<v1::TailResponse>* Tail(
      grpc::CallbackServerContext* context,
      const v1::TailRequest* request) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* FetchStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ListOffsets(
      grpc::CallbackServerContext* context,
      const v1::ListOffsetsRequest* request,
      v1::ListOffsetsResponse* response) override;
  grpc::ServerUnaryReactor* OffsetsForTimes(
      grpc::CallbackServerContext* context,
      const v1::OffsetsForTimesRequest* request,
      v1::OffsetsForTimesResponse* response) override;

 private:
  const ServiceContext* const context_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_CONSUMER_SERVICE_H_
