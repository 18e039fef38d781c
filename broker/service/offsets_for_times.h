// OffsetsForTimes: the first offset at or after a time, by partition.
//
// Units: wall-clock milliseconds, offsets. Empty case: no partitions named
// means all; a partition without a record that young has no offset.
// Thread: a reading loop: it searches indexes and batches on disk.
// Errors: of the call: those of FindTopic; of a partition: in its answer.
#ifndef BARNABAS_BROKER_SERVICE_OFFSETS_FOR_TIMES_H_
#define BARNABAS_BROKER_SERVICE_OFFSETS_FOR_TIMES_H_

#include "absl/status/status.h"
#include "barnabas/v1/consumer.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

absl::Status OffsetsForTimes(const ServiceContext& context,
                             const v1::OffsetsForTimesRequest& request,
                             v1::OffsetsForTimesResponse* response);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_OFFSETS_FOR_TIMES_H_
