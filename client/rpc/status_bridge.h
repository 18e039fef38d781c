// Status bridge: grpc::Status to and from absl::Status with an ErrorCode.
//
// What: a failed call carries a barnabas.v1.Error inside google.rpc.Status in
//   its trailers, which is where every language's gRPC looks for details. The
//   same two functions serve callers and services.
// Empty case: OK is OK in both directions.
// Round trip: FromGrpc(ToGrpc(s)) keeps code, message, hint and detail.
// Thread: pure functions.
// Errors: a status without details (made by gRPC itself, or by a proxy) keeps
//   its code and text; CodeOf then gives the nearest ErrorCode.
#ifndef BARNABAS_CLIENT_RPC_STATUS_BRIDGE_H_
#define BARNABAS_CLIENT_RPC_STATUS_BRIDGE_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace barnabas::rpc {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_STATUS_BRIDGE_H_
