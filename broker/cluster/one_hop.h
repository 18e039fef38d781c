// OneHop: a unary call passed on to the active controller (README 23).
//
// What: forwards the request with the caller's deadline; after a write it waits
//   until this broker has itself applied the metadata version of the answer,
//   so that whoever asks the same broker next sees the change. Another
//   controller is asked where that is safe: nothing was sent, whoever got it
//   said that it does not lead, or it is a read. A controller that hangs is
//   left when another one leads.
// Units: absl::Duration. Empty case: a request without a deadline gets 30 s.
// Thread: gRPC's threads call in; answers come on the follower's loop.
// Errors: those of the controller, unchanged; CONTROLLER_NOT_AVAILABLE when
//   none can be reached; INVALID_REQUEST when the call was forwarded before.
//   A write whose answer was lost, or whose controller was replaced before it
//   answered, is REQUEST_TIMED_OUT (outcome unknown), unless it is sure that it
//   had no effect: then it is sent again.
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
#include "broker/cluster/forward_attempt.h"
#include "broker/cluster/forward_verdict.h"
#include "broker/cluster/metadata_follower.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/status_bridge.h"
#include "client/rpc/unary_call.h"
#include "metadata/image/cluster_image.h"
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
  // Tries: long enough for another controller to take over.
  static constexpr int kAttemptsMax = 40;
  // How long the outcome of a lost write is waited for, and how often is
  // looked.
  static constexpr absl::Duration kDoubtMax = absl::Seconds(5);
  static constexpr absl::Duration kDoubtPause = absl::Milliseconds(20);
  // How often a call that waits for its answer looks whether the controller it
  // was sent to still leads.
  static constexpr absl::Duration kLook = absl::Milliseconds(100);

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
    // What this broker knew when it sent the call last.
    LogIndex version;
    Term term;
  };
  using AttemptPtr = std::shared_ptr<ForwardAttempt>;

  static absl::Status ForwardedBefore();
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
    const image::ClusterImage image = deps_.follower->image();
    call->version = image.version();
    call->term = image.term();
    const auto attempt = std::make_shared<ForwardAttempt>();
    auto start = [this, call, endpoint, attempt](
                     grpc::ClientContext* context, const Request* request,
                     Response* response, auto finish) {
      context->AddMetadata(kForwardedKey, "1");
      attempt->Begin(context);
      call->start(deps_.channels->Get(endpoint), context, request, response,
                  std::move(finish));
    };
    auto done = [this, call, endpoint,
                 attempt](absl::StatusOr<Response> answer) {
      attempt->End();
      deps_.loop->PostAlways([this, call, endpoint, attempt,
                              answer = std::move(answer)]() mutable {
        attempt->answered = true;
        deps_.loop->Cancel(attempt->timer);
        Answered(call, endpoint, std::move(answer));
      });
    };
    deps_.loop->PostAlways(
        [this, attempt, endpoint, seen = deps_.controllers->leaders_seen()] {
          WatchOver(attempt, endpoint, seen);
        });
    rpc::CallUnary<Response, Request>(options, *call->request, std::move(start),
                                      std::move(done));
  }

  // A controller that hangs keeps its connections; that another leads tells.
  void WatchOver(const AttemptPtr& attempt, const std::string& endpoint,
                 int64_t seen);

  template <typename Call>
  absl::Duration Left(const Call& call) const {
    return call.deadline - deps_.loop->clock().Monotonic();
  }

  template <typename Request, typename Response>
  void Answered(std::shared_ptr<Forwarded<Request, Response>> call,
                const std::string& endpoint, absl::StatusOr<Response> answer) {
    if (!answer.ok()) return Failed(call, endpoint, answer.status());
    deps_.controllers->Led(endpoint);
    const LogIndex version(call->write ? VersionOf(*answer) : -1);
    *call->response = *std::move(answer);
    deps_.follower->WhenApplied(version, Left(*call),
                                [call](const absl::Status& applied) {
                                  call->reactor->Finish(rpc::ToGrpc(applied));
                                });
  }

  // Asks another controller where that is safe: nothing was sent, whoever got
  // it said that it does not lead, or it is a read. A write whose answer was
  // lost may have been committed.
  template <typename Request, typename Response>
  void Failed(std::shared_ptr<Forwarded<Request, Response>> call,
              const std::string& endpoint, const absl::Status& status) {
    const ForwardVerdict verdict = JudgeFailure(status);
    if (verdict == ForwardVerdict::kFinal) {
      return Finish(call, endpoint, status);
    }
    deps_.controllers->Failed(endpoint, status);
    if (verdict == ForwardVerdict::kAskAnother || !call->write) {
      return TryAgain(call, endpoint, status);
    }
    const absl::Duration until =
        deps_.loop->clock().Monotonic() + std::min(kDoubtMax, Left(*call) / 2);
    FindOut(call, endpoint, status, until);
  }

  // A write that had no effect and never will is sent again.
  template <typename Request, typename Response>
  void FindOut(std::shared_ptr<Forwarded<Request, Response>> call,
               const std::string& endpoint, const absl::Status& status,
               absl::Duration until) {
    const LostWrite outcome =
        OutcomeOf(call->version, call->term, deps_.follower->image());
    if (outcome == LostWrite::kHadNoEffect) {
      return TryAgain(call, endpoint, status);
    }
    if (outcome == LostWrite::kMayHaveHad ||
        deps_.loop->clock().Monotonic() > until) {
      return Finish(call, endpoint, status);
    }
    deps_.loop->After(kDoubtPause, [this, call, endpoint, status, until] {
      FindOut(call, endpoint, status, until);
    });
  }

  template <typename Request, typename Response>
  void TryAgain(std::shared_ptr<Forwarded<Request, Response>> call,
                const std::string& endpoint, const absl::Status& status) {
    const absl::Duration pause = PauseBefore(call->attempt);
    if (call->attempt >= kAttemptsMax || Left(*call) <= 2 * pause) {
      return Finish(call, endpoint, status);
    }
    deps_.loop->After(pause, [this, call] { Send(call); });
  }

  template <typename Call>
  void Finish(const Call& call, const std::string& endpoint,
              const absl::Status& status) {
    call->reactor->Finish(
        rpc::ToGrpc(ExplainFailure(status, endpoint, call->write)));
  }

  const Deps deps_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_ONE_HOP_H_
