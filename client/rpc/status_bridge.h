// Status bridge: grpc::Status to and from absl::Status with an ErrorCode.
//
// What: a failed call carries a google.rpc.Status in its trailers
//   (`grpc-status-details-bin`), which is where every language's gRPC looks
//   for details: the packed barnabas.v1.Error, ErrorInfo{reason, domain
//   "barnabas"}, RetryInfo where a delay is known, Help where there is a hint.
//   The same two functions serve callers and services.
// Units: milliseconds.
// Empty case: OK is OK in both directions.
// Round trip: FromGrpc(ToGrpc(s)) keeps code, message, hint and detail; texts
//   are cut at 1 KiB, and details over 5 KiB (many HTTP/2 peers take 8 KiB of
//   headers) to the packed Error alone.
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
