// Poll: one long poll of records of some partitions of a topic.
//
// What: reads once; if nothing was there, waits for the first record or the
//   deadline and reads again.
// Units: bytes, milliseconds. Ranges: wait at most 60 s, 1 KiB to 32 MiB.
// Empty case: nothing came in time: partitions without records.
// Thread: a reading loop.
// Errors: of the call: UNKNOWN_TOPIC, INVALID_REQUEST, UNSUPPORTED_FEATURE for
//   `group`; of a partition: in its part of the answer.
#ifndef BARNABAS_BROKER_SERVICE_POLL_H_
#define BARNABAS_BROKER_SERVICE_POLL_H_

#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/consumer.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

// The reactor owns itself. `request` and `response` outlive it.
grpc::ServerUnaryReactor* StartPoll(const ServiceContext* context,
                                    grpc::CallbackServerContext* call,
                                    const v1::PollRequest* request,
                                    v1::PollResponse* response);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_POLL_H_
