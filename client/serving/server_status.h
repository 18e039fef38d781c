// Server status: our errors as gRPC statuses that any language can read.
//
// What: absl::Status (with its ErrorCode payload) becomes a grpc::Status with
//   the table's code and a google.rpc.Status in `grpc-status-details-bin`:
//   the packed barnabas.v1.Error, ErrorInfo{reason, domain "barnabas"},
//   RetryInfo where a delay is known, Help where there is a hint.
// Way back: client/rpc/status_bridge.
// Units: milliseconds. Empty case: OK stays OK.
// Thread: pure functions. Errors: these are the errors; details over 8 KiB
//   (the limit of many HTTP/2 peers) are cut to the packed Error alone.
#ifndef BARNABAS_CLIENT_SERVING_SERVER_STATUS_H_
#define BARNABAS_CLIENT_SERVING_SERVER_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace barnabas::rpc {

grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_SERVER_STATUS_H_
