// ListOffsets: log start, high watermark and ends of a topic's partitions.
//
// Units: offsets, bytes. Empty case: no partitions named means all.
// Thread: any; touches no disk.
// Errors: of the call: those of FindTopic; of a partition: in its answer.
#ifndef BARNABAS_BROKER_SERVICE_LIST_OFFSETS_H_
#define BARNABAS_BROKER_SERVICE_LIST_OFFSETS_H_

#include "absl/status/status.h"
#include "barnabas/v1/consumer.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

absl::Status ListOffsets(const ServiceContext& context,
                         const v1::ListOffsetsRequest& request,
                         v1::ListOffsetsResponse* response);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_LIST_OFFSETS_H_
