// Produce: one unary produce call.
//
// What: routes every batch of the request and answers when the last one was
//   stored or failed, in the order of the request.
// Units: milliseconds. Ranges: timeout 1 ms to 10 minutes, default 30 s.
// Empty case: a request without batches is INVALID_REQUEST.
// Thread: begins on gRPC's thread; answers come on partitions' loops.
// Errors: of a batch: in its result; what was not answered in time is
//   REQUEST_TIMED_OUT (it may still be stored).
#ifndef BARNABAS_BROKER_SERVICE_PRODUCE_H_
#define BARNABAS_BROKER_SERVICE_PRODUCE_H_

#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/producer.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

// The reactor owns itself. Request and response outlive it.
grpc::ServerUnaryReactor* StartProduce(const ServiceContext* context,
                                       grpc::CallbackServerContext* call,
                                       const v1::ProduceRequest* request,
                                       v1::ProduceResponse* response);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_PRODUCE_H_
