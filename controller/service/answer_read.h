// AnswerRead: a unary read, answered at once from the committed image.
//
// What: what a service method returns for a read: runs `read` on the image and
//   finishes the call.
// Units: none. Empty case: before the metadata log was replayed the call fails
//   with CONTROLLER_NOT_AVAILABLE.
// Thread: gRPC's; nothing blocks. Errors: those of `read`.
#ifndef BARNABAS_CONTROLLER_SERVICE_ANSWER_READ_H_
#define BARNABAS_CONTROLLER_SERVICE_ANSWER_READ_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/rpc/status_bridge.h"
#include "controller/service/active_driver.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/error.h"

namespace barnabas::controller {

inline absl::Status CheckReplayed(const image::ClusterImage& image) {
  if (image.version() >= LogIndex(0)) return absl::OkStatus();
  return MakeError(ErrorCode::kControllerNotAvailable,
                   "this controller is still replaying its log", "try again");
}

// `read` takes an image and gives a StatusOr<Response>.
template <typename Response, typename Read>
grpc::ServerUnaryReactor* AnswerRead(const ActiveDriver& driver,
                                     grpc::CallbackServerContext* context,
                                     Response* response, Read read) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const image::ClusterImage image = driver.image();
  absl::Status status = CheckReplayed(image);
  if (status.ok()) {
    absl::StatusOr<Response> answer = read(image);
    status = answer.status();
    if (answer.ok()) *response = *std::move(answer);
  }
  reactor->Finish(rpc::ToGrpc(status));
  return reactor;
}

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_ANSWER_READ_H_
