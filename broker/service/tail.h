// Tail: records of one topic as they come, as a server stream.
//
// What: reads partition after partition, writes what it finds, and waits when
//   there is nothing; ends by itself when every partition reached its stop or
//   enough records were sent.
// Units: records, bytes. Empty case: a stop position at the start ends at
//   once.
// Thread: a reading loop.
// Errors: of the call before the first record: UNKNOWN_TOPIC,
//   UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE and the like; later, trouble of a
//   partition is written as its error and that partition is left.
#ifndef BARNABAS_BROKER_SERVICE_TAIL_H_
#define BARNABAS_BROKER_SERVICE_TAIL_H_

#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/consumer.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

// The reactor owns itself.
grpc::ServerWriteReactor<v1::TailResponse>* StartTail(
    const ServiceContext* context, const v1::TailRequest* request);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_TAIL_H_
