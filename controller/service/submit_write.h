// SubmitWrite: a unary write from gRPC to the active controller and back.
//
// What: what a service method returns: posts the request to the driver and
//   finishes the call with the answer.
// Units: none. Empty case: none.
// Thread: called on gRPC's threads; the call is finished on the loop.
// Errors: those of ActiveDriver::Submit, as gRPC statuses with details.
#ifndef BARNABAS_CONTROLLER_SERVICE_SUBMIT_WRITE_H_
#define BARNABAS_CONTROLLER_SERVICE_SUBMIT_WRITE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <utility>
#include <variant>

#include "client/rpc/status_bridge.h"
#include "controller/service/active_driver.h"

namespace barnabas::controller {

template <typename Request, typename Response>
grpc::ServerUnaryReactor* SubmitWrite(ActiveDriver* driver,
                                      grpc::CallbackServerContext* context,
                                      const Request* request,
                                      Response* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  driver->Submit(*request, [reactor, response](
                               absl::StatusOr<active::AdminResponse> answer) {
    if (answer.ok()) {
      *response = std::get<Response>(*std::move(answer));
      reactor->Finish(grpc::Status::OK);
    } else {
      reactor->Finish(rpc::ToGrpc(answer.status()));
    }
  });
  return reactor;
}

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_SUBMIT_WRITE_H_
