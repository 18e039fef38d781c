// AnswerRead: a unary read, answered from the committed image.
//
// What: what a service method returns for a read: runs `read` on the image and
//   finishes the call. AnswerRead does so at once, from what this controller
//   has; AnswerCurrentRead only when a majority has confirmed that nothing
//   newer was answered to anyone before the call came (R18).
// Units: none. Empty case: before the metadata log was replayed the call fails
//   with CONTROLLER_NOT_AVAILABLE.
// Thread: gRPC's; nothing blocks; AnswerCurrentRead finishes on the loop.
// Errors: those of `read`; of AnswerCurrentRead also NOT_CONTROLLER.
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

// Finishes the call with what `read` makes of the image.
template <typename Response, typename Read>
void FinishRead(const image::ClusterImage& image,
                grpc::ServerUnaryReactor* reactor, Response* response,
                Read read) {
  absl::Status status = CheckReplayed(image);
  if (status.ok()) {
    absl::StatusOr<Response> answer = read(image);
    status = answer.status();
    if (answer.ok()) *response = *std::move(answer);
  }
  reactor->Finish(rpc::ToGrpc(status));
}

// `read` takes an image and gives a StatusOr<Response>.
template <typename Response, typename Read>
grpc::ServerUnaryReactor* AnswerRead(const ActiveDriver& driver,
                                     grpc::CallbackServerContext* context,
                                     Response* response, Read read) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  FinishRead(driver.image(), reactor, response, read);
  return reactor;
}

// `read` may refer to the request: that lives until the call is finished.
template <typename Response, typename Read>
grpc::ServerUnaryReactor* AnswerCurrentRead(
    ActiveDriver* driver, grpc::CallbackServerContext* context,
    Response* response, Read read) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  driver->ReadCurrent(
      [driver, reactor, response, read](const absl::Status& current) {
        if (!current.ok()) return reactor->Finish(rpc::ToGrpc(current));
        FinishRead(driver->image(), reactor, response, read);
      });
  return reactor;
}

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_ANSWER_READ_H_
