// OneHop: a unary call passed on to the active controller (README 23).
//
// What: forwards the request with the caller's deadline; after a write it waits
//   until this broker has itself applied the metadata version of the answer,
//   so that whoever asks the same broker next sees the change. Another
//   controller is asked where that is safe: nothing was sent, or whoever got it
//   said that it does not lead.
// Units: absl::Duration. Empty case: a request without a deadline gets 30 s.
// Thread: gRPC's threads call in; answers come on the follower's loop.
// Errors: those of the controller, unchanged; CONTROLLER_NOT_AVAILABLE when
//   none can be reached; INVALID_REQUEST when the call was forwarded before.
//   A write whose answer was lost is REQUEST_TIMED_OUT (outcome unknown).
// Always true: a forwarded call is never forwarded again.
#ifndef BARNABAS_BROKER_CLUSTER_ONE_HOP_H_
#define BARNABAS_BROKER_CLUSTER_ONE_HOP_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/cluster/controller_choice.h"
#include "broker/cluster/metadata_follower.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/status_bridge.h"
#include "client/rpc/unary_call.h"
#include "proto/types/error.h"
#include "proto/types/offsets.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

class OneHop final {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  // All outlive it.
  struct Deps {
    std::shared_ptr<env::EventLoop> loop;
    rpc::ChannelPool* channels = nullptr;
    ControllerChoice* controllers = nullptr;
    MetadataFollower* follower = nullptr;
  };

  explicit OneHop(const Deps& deps) : deps_(deps) {}

  // `start` passes channel and the call's parts to a stub. Of a read nothing
  // is waited for.
  template <typename Request, typename Response, typename Start>
  Reactor* Forward(Context* context, const Request* request, Response* response,
                   bool write, Start start) {
    Reactor* reactor = context->DefaultReactor();
    if (context->client_metadata().count(kForwardedKey) > 0) {
      reactor->Finish(rpc::ToGrpc(ForwardedBefore()));
      return reactor;
    }
    auto call = std::make_shared<Forwarded<Request, Response>>();
    call->reactor = reactor;
    call->request = request;
    call->response = response;
    call->start = std::move(start);
    call->write = write;
    const env::Clock& clock = deps_.loop->clock();
    call->deadline =
        clock.Monotonic() +
        std::min(kTimeoutMax,
                 absl::FromChrono(context->deadline()) - clock.Wall());
    Send(call);
    return reactor;
  }

 private:
  // Marks a call that was passed on; metadata keys are lower case.
  static constexpr char kForwardedKey[] = "barnabas-forwarded";
  static constexpr absl::Duration kTimeoutMax = absl::Seconds(30);
  // The same call to another controller, after one said that it does not lead
  // or none could be reached: long enough for another one to take over.
  static constexpr int kAttemptsMax = 30;
  static constexpr absl::Duration kAttemptPause = absl::Milliseconds(100);

  // One forwarded call, kept alive by whatever goes on with it.
  template <typename Request, typename Response>
  struct Forwarded {
    using Finish = std::function<void(grpc::Status)>;
    // Passes context, request, response and callback to a stub of a channel.
    using Start = std::function<void(const std::shared_ptr<grpc::Channel>&,
                                     grpc::ClientContext*, const Request*,
                                     Response*, Finish)>;

    Reactor* reactor = nullptr;
    const Request* request = nullptr;
    Response* response = nullptr;
    Start start;
    bool write = true;
    // On the loop's monotonic clock.
    absl::Duration deadline;
    int attempt = 0;
  };

  static absl::Status ForwardedBefore();
  // gRPC's own words for "nothing was sent"; the only sign it gives.
  static bool NeverSent(const absl::Status& status);
  // A status that gRPC made rather than the controller.
  static bool IsForeign(const absl::Status& status);
  static absl::Status Explain(const absl::Status& status,
                              const std::string& endpoint, bool write);

  // -1: nothing that is in the image, so there is nothing to wait for.
  template <typename Response>
  static int64_t VersionOf(const Response& response) {
    if constexpr (requires { response.metadata_version(); }) {
      return response.metadata_version();
    }
    return -1;
  }

  template <typename Request, typename Response>
  void Send(std::shared_ptr<Forwarded<Request, Response>> call) {
    const std::string endpoint = deps_.controllers->Current();
    rpc::UnaryOptions options;
    options.timeout = Left(*call);
    ++call->attempt;
    auto start = [this, call, endpoint](grpc::ClientContext* context,
                                        const Request* request,
                                        Response* response, auto finish) {
      context->AddMetadata(kForwardedKey, "1");
      call->start(deps_.channels->Get(endpoint), context, request, response,
                  std::move(finish));
    };
    auto done = [this, call, endpoint](absl::StatusOr<Response> answer) {
      deps_.loop->PostAlways(
          [this, call, endpoint, answer = std::move(answer)]() mutable {
            Answered(call, endpoint, std::move(answer));
          });
    };
    rpc::CallUnary<Response, Request>(options, *call->request, std::move(start),
                                      std::move(done));
  }

  template <typename Call>
  absl::Duration Left(const Call& call) const {
    return call.deadline - deps_.loop->clock().Monotonic();
  }

  template <typename Request, typename Response>
  void Answered(std::shared_ptr<Forwarded<Request, Response>> call,
                const std::string& endpoint, absl::StatusOr<Response> answer) {
    if (!answer.ok()) return Failed(call, endpoint, answer.status());
    const LogIndex version(call->write ? VersionOf(*answer) : -1);
    *call->response = *std::move(answer);
    deps_.follower->WhenApplied(version, Left(*call),
                                [call](const absl::Status& applied) {
                                  call->reactor->Finish(rpc::ToGrpc(applied));
                                });
  }

  // Asks another controller where that is safe: nothing was sent, or whoever
  // got it said that it does not lead.
  template <typename Request, typename Response>
  void Failed(std::shared_ptr<Forwarded<Request, Response>> call,
              const std::string& endpoint, const absl::Status& status) {
    const ErrorCode code = CodeOf(status);
    const bool elsewhere =
        !IsForeign(status) && (code == ErrorCode::kNotController ||
                               code == ErrorCode::kControllerNotAvailable);
    if (elsewhere || NeverSent(status)) {
      deps_.controllers->Failed(endpoint, status);
      if (call->attempt < kAttemptsMax && Left(*call) > 2 * kAttemptPause) {
        deps_.loop->After(kAttemptPause, [this, call] { Send(call); });
        return;
      }
    }
    call->reactor->Finish(rpc::ToGrpc(Explain(status, endpoint, call->write)));
  }

  const Deps deps_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_ONE_HOP_H_
