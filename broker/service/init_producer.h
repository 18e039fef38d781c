// InitProducer: a producer id and epoch for idempotent producing.
//
// What: a new id with epoch 0, or the next epoch of the id given.
// Units: ids, epochs up to 32,767. Empty case: nothing given: a new id.
// Thread: any; the answer comes on the id block's loop.
// Errors: UNSUPPORTED_FEATURE for a transactional id, INVALID_REQUEST, and
//   those of ProducerIdBlock.
// Always true: an epoch that ran out gives a new id (README 22).
#ifndef BARNABAS_BROKER_SERVICE_INIT_PRODUCER_H_
#define BARNABAS_BROKER_SERVICE_INIT_PRODUCER_H_

#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/producer.pb.h"
#include "broker/cluster/producer_id_block.h"

namespace barnabas::broker {

// Fills `response` in and finishes `reactor`.
void StartInitProducer(ProducerIdBlock* ids,
                       const v1::InitProducerRequest& request,
                       v1::InitProducerResponse* response,
                       grpc::ServerUnaryReactor* reactor);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_INIT_PRODUCER_H_
