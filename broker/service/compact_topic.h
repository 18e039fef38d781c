// TopicAdmin.CompactTopic: compacts partitions now instead of when it is due.
//
// What: hands the partitions to the compactor; with `wait` the call is answered
//   when the last of them is done.
// Units: bytes, records, offsets, milliseconds.
// Empty case: a partition with nothing to compact is done at once.
// Thread: gRPC's threads call in.
// Errors: per partition INVALID_REQUEST when the topic is not compacted,
//   NOT_LEADER, and those of CompactionRun.
#ifndef BARNABAS_BROKER_SERVICE_COMPACT_TOPIC_H_
#define BARNABAS_BROKER_SERVICE_COMPACT_TOPIC_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/topic_admin.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

grpc::ServerUnaryReactor* CompactTopic(const ServiceContext* context,
                                       grpc::CallbackServerContext* call,
                                       const v1::CompactTopicRequest* request,
                                       v1::CompactTopicResponse* response);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_COMPACT_TOPIC_H_
