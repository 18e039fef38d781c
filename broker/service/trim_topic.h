// TopicAdmin.TrimTopic: lets the oldest records of partitions go.
//
// What: finds where to trim to, then moves the log start on the partition's
//   loop, durably, before segments are deleted (S2).
// Units: offsets; timestamps as in Position. Empty case: a partition that
//   begins there already is left as it is.
// Thread: gRPC's threads call in.
// Errors: INVALID_REQUEST without a place; per partition OFFSET_OUT_OF_RANGE
//   above the high watermark, NOT_LEADER, what the log says.
#ifndef BARNABAS_BROKER_SERVICE_TRIM_TOPIC_H_
#define BARNABAS_BROKER_SERVICE_TRIM_TOPIC_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/topic_admin.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

grpc::ServerUnaryReactor* TrimTopic(const ServiceContext* context,
                                    grpc::CallbackServerContext* call,
                                    const v1::TrimTopicRequest* request,
                                    v1::TrimTopicResponse* response);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_TRIM_TOPIC_H_
