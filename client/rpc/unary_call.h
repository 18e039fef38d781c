// Unary call: one request, one answer, always a deadline.
//
// What: CallUnary answers by callback, exactly once; CallAndWait blocks. Both
//   turn gRPC's status into ours.
// Units: absl::Duration. Ranges: a timeout of zero or less is one millisecond,
//   so that no call is ever without a deadline.
// Thread: any; callbacks run on gRPC's threads and must not block: post to a
//   loop. Without `wait_for_ready` an unreachable server fails the call at
//   once.
// Errors: what the server said; Unavailable or DeadlineExceeded of gRPC.
// Example:
//   CallUnary<v1::PollResponse>(
//       {.timeout = absl::Seconds(5)}, request,
//       [stub](auto... arguments) { stub->async()->Poll(arguments...); },
//       [](absl::StatusOr<v1::PollResponse> answer) { ... });
#ifndef BARNABAS_CLIENT_RPC_UNARY_CALL_H_
#define BARNABAS_CLIENT_RPC_UNARY_CALL_H_

#include <grpcpp/client_context.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/rpc/status_bridge.h"

namespace barnabas::rpc {

struct UnaryOptions {
  absl::Duration timeout = absl::Seconds(30);
  bool wait_for_ready = false;
};

// Gives `context` its deadline.
inline void SetUp(const UnaryOptions& options, grpc::ClientContext* context) {
  const int64_t ms =
      std::max<int64_t>(1, absl::ToInt64Milliseconds(options.timeout));
  // A span, not a moment: gRPC adds its own monotonic now.
  context->set_deadline(gpr_time_from_millis(ms, GPR_TIMESPAN));
  context->set_wait_for_ready(options.wait_for_ready);
}

// `start` is called once with (ClientContext*, const Request*, Response*,
// std::function<void(grpc::Status)>) and passes them to a stub.
template <typename Response, typename Request, typename Start>
void CallUnary(const UnaryOptions& options, Request request, Start start,
               absl::AnyInvocable<void(absl::StatusOr<Response>)> done) {
  struct Call {
    grpc::ClientContext context;
    Request request;
    Response response;
    absl::AnyInvocable<void(absl::StatusOr<Response>)> done;
  };
  auto* call = new Call;
  call->request = std::move(request);
  call->done = std::move(done);
  SetUp(options, &call->context);
  const std::function<void(grpc::Status)> finish =
      [call](const grpc::Status& status) {
        std::unique_ptr<Call> owned(call);
        if (!status.ok()) {
          owned->done(FromGrpc(status));
        } else {
          owned->done(std::move(owned->response));
        }
      };
  start(&call->context, &call->request, &call->response, finish);
}

// `start` is called once with (ClientContext*, Request, Response*) and returns
// a grpc::Status, as the methods of a blocking stub do.
template <typename Response, typename Request, typename Start>
absl::StatusOr<Response> CallAndWait(const UnaryOptions& options,
                                     const Request& request, Start start) {
  grpc::ClientContext context;
  SetUp(options, &context);
  Response response;
  const grpc::Status status = start(&context, request, &response);
  if (!status.ok()) return FromGrpc(status);
  return response;
}

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_UNARY_CALL_H_
