#include "broker/cluster/admin_forwarder.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/quorum_admin.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "client/rpc/unary_call.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/error.h"
#include "proto/types/offsets.h"

namespace barnabas::broker {
namespace {

// Marks a call that was passed on; metadata keys are lower case.
constexpr char kForwardedKey[] = "barnabas-forwarded";
constexpr absl::Duration kTimeoutMax = absl::Seconds(30);
// The same call to another controller, after one said that it does not lead
// or none could be reached: long enough for another one to take over.
constexpr int kAttemptsMax = 40;
constexpr absl::Duration kPauseFirst = absl::Milliseconds(20);
constexpr absl::Duration kPauseMax = absl::Milliseconds(200);
// What a leader commits before anything else: one entry that moves nothing, and
// the record that it leads.
constexpr int64_t kLeaderEntries = 2;
// How long the outcome of a lost write is waited for.
constexpr absl::Duration kDoubtMax = absl::Seconds(5);
// How often a call that waits for its answer looks whether the controller it
// was sent to still leads.
constexpr absl::Duration kLook = absl::Milliseconds(100);

// gRPC's own words for "nothing was sent"; the only sign it gives.
bool NeverSent(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable &&
         (absl::StrContains(status.message(), "failed to connect") ||
          absl::StrContains(status.message(), "DNS resolution failed"));
}

// A status that gRPC made rather than the controller.
bool IsForeign(const absl::Status& status) {
  bool has_payload = false;
  status.ForEachPayload(
      [&](absl::string_view, const absl::Cord&) { has_payload = true; });
  return !has_payload;
}

// The connection broke, or the call was given up here, after it was sent. A
// deadline is the caller's own.
bool IsLost(const absl::Status& status) {
  return IsForeign(status) && !NeverSent(status) &&
         (status.code() == absl::StatusCode::kUnavailable ||
          status.code() == absl::StatusCode::kCancelled);
}

absl::Duration PauseBefore(int attempt) {
  return std::min(kPauseMax, kPauseFirst * (1 << std::min(attempt, 8)));
}

absl::Status Explain(const absl::Status& status, const std::string& endpoint,
                     bool write) {
  if (!IsForeign(status)) return status;
  if (NeverSent(status) || !write) {
    return MakeError(ErrorCode::kControllerNotAvailable,
                     absl::StrCat("controller ", endpoint,
                                  " cannot be reached: ", status.message()),
                     "see that a controller runs: barnabas health");
  }
  const bool replaced = status.code() == absl::StatusCode::kCancelled;
  return MakeError(ErrorCode::kRequestTimedOut,
                   replaced
                       ? absl::StrCat("controller ", endpoint,
                                      " was replaced before it answered")
                       : absl::StrCat("the answer of controller ", endpoint,
                                      " was lost: ", status.message()),
                   "look whether it took effect before trying again");
}

int64_t VersionOf(const v1::CreateTopicsResponse& response) {
  return response.metadata_version();
}
int64_t VersionOf(const v1::AlterTopicsResponse& response) {
  return response.metadata_version();
}
int64_t VersionOf(const v1::AddPartitionsResponse& response) {
  return response.metadata_version();
}
int64_t VersionOf(const v1::DeleteTopicsResponse& response) {
  return response.metadata_version();
}
int64_t VersionOf(const v1::AlterConfigResponse& response) {
  return response.metadata_version();
}
int64_t VersionOf(const v1::AddVoterResponse& response) {
  return response.metadata_version();
}
int64_t VersionOf(const v1::RemoveVoterResponse& response) {
  return response.metadata_version();
}
// Nothing that is in the image: there is nothing to wait for.
int64_t VersionOf(const v1::DescribeQuorumResponse&) { return -1; }
int64_t VersionOf(const v1::TransferLeadershipResponse&) { return -1; }
int64_t VersionOf(const v1::DescribeConfigResponse&) { return -1; }

// One forwarded call, kept alive by whatever goes on with it.
template <typename Request, typename Response>
struct Forwarded {
  using Finish = std::function<void(grpc::Status)>;
  // Passes context, request, response and callback to a stub of a channel.
  using Start = std::function<void(const std::shared_ptr<grpc::Channel>&,
                                   grpc::ClientContext*, const Request*,
                                   Response*, Finish)>;

  grpc::ServerUnaryReactor* reactor = nullptr;
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

// One try, while it is under way: lets the loop end it.
class Try {
 public:
  void Begin(grpc::ClientContext* context) {
    absl::MutexLock lock(&mutex_);
    context_ = context;
  }
  void End() {
    absl::MutexLock lock(&mutex_);
    context_ = nullptr;
  }
  void Cancel() {
    absl::MutexLock lock(&mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }

  // Of the loop.
  env::TimerId timer = 0;
  bool answered = false;

 private:
  absl::Mutex mutex_;
  // Valid until the answer.
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

class OneHopForwarder final : public AdminForwarder {
 public:
  explicit OneHopForwarder(const Deps& deps) : deps_(deps) {}

  Reactor* CreateTopics(Context* context,
                        const v1::CreateTopicsRequest* request,
                        v1::CreateTopicsResponse* response) override {
    return Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::TopicAdmin::NewStub(channel)->async()->CreateTopics(call...);
        });
  }

  Reactor* AlterTopics(Context* context, const v1::AlterTopicsRequest* request,
                       v1::AlterTopicsResponse* response) override {
    return Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::TopicAdmin::NewStub(channel)->async()->AlterTopics(call...);
        });
  }

  Reactor* AddPartitions(Context* context,
                         const v1::AddPartitionsRequest* request,
                         v1::AddPartitionsResponse* response) override {
    return Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::TopicAdmin::NewStub(channel)->async()->AddPartitions(call...);
        });
  }

  Reactor* DeleteTopics(Context* context,
                        const v1::DeleteTopicsRequest* request,
                        v1::DeleteTopicsResponse* response) override {
    return Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::TopicAdmin::NewStub(channel)->async()->DeleteTopics(call...);
        });
  }

  Reactor* DescribeConfig(Context* context,
                          const v1::DescribeConfigRequest* request,
                          v1::DescribeConfigResponse* response) override {
    return Forward(
        context, request, response, false,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ConfigAdmin::NewStub(channel)->async()->DescribeConfig(call...);
        });
  }

  Reactor* AlterConfig(Context* context, const v1::AlterConfigRequest* request,
                       v1::AlterConfigResponse* response) override {
    return Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ConfigAdmin::NewStub(channel)->async()->AlterConfig(call...);
        });
  }

  Reactor* DescribeQuorum(Context* context,
                          const v1::DescribeQuorumRequest* request,
                          v1::DescribeQuorumResponse* response) override {
    return Forward(
        context, request, response, false,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::QuorumAdmin::NewStub(channel)->async()->DescribeQuorum(call...);
        });
  }

  Reactor* AddVoter(Context* context, const v1::AddVoterRequest* request,
                    v1::AddVoterResponse* response) override {
    return Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::QuorumAdmin::NewStub(channel)->async()->AddVoter(call...);
        });
  }

  Reactor* RemoveVoter(Context* context, const v1::RemoveVoterRequest* request,
                       v1::RemoveVoterResponse* response) override {
    return Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::QuorumAdmin::NewStub(channel)->async()->RemoveVoter(call...);
        });
  }

  Reactor* TransferLeadership(
      Context* context, const v1::TransferLeadershipRequest* request,
      v1::TransferLeadershipResponse* response) override {
    return Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::QuorumAdmin::NewStub(channel)->async()->TransferLeadership(
              call...);
        });
  }

 private:
  template <typename Request, typename Response, typename Start>
  Reactor* Forward(Context* context, const Request* request, Response* response,
                   bool write, Start start) {
    Reactor* reactor = context->DefaultReactor();
    if (context->client_metadata().count(kForwardedKey) > 0) {
      reactor->Finish(rpc::ToGrpc(MakeError(
          ErrorCode::kInvalidRequest, "this call was forwarded before",
          "point cluster.controllers at controllers' peer "
          "listeners, not at brokers")));
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

  template <typename Request, typename Response>
  void Send(std::shared_ptr<Forwarded<Request, Response>> call) {
    const std::string endpoint = deps_.controllers->Current();
    rpc::UnaryOptions options;
    options.timeout = Left(*call);
    ++call->attempt;
    const image::ClusterImage image = deps_.follower->image();
    call->version = image.version();
    call->term = image.term();
    auto attempt = std::make_shared<Try>();
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

  // A controller that hangs keeps its connections: what tells is that another
  // one leads by now.
  void WatchOver(const std::shared_ptr<Try>& attempt,
                 const std::string& endpoint, int64_t seen) {
    if (attempt->answered) return;
    if (deps_.controllers->Replaced(endpoint, seen)) return attempt->Cancel();
    attempt->timer = deps_.loop->After(kLook, [this, attempt, endpoint, seen] {
      WatchOver(attempt, endpoint, seen);
    });
  }

  template <typename Call>
  absl::Duration Left(const Call& call) const {
    return call.deadline - deps_.loop->clock().Monotonic();
  }

  template <typename Request, typename Response>
  void Answered(std::shared_ptr<Forwarded<Request, Response>> call,
                const std::string& endpoint, absl::StatusOr<Response> answer) {
    if (!answer.ok()) return Failed(call, endpoint, answer.status());
    deps_.controllers->Led(endpoint);
    const LogIndex version(VersionOf(*answer));
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
    const ErrorCode code = CodeOf(status);
    const bool elsewhere =
        !IsForeign(status) && (code == ErrorCode::kNotController ||
                               code == ErrorCode::kControllerNotAvailable);
    // Also a controller's own word that it was replaced meanwhile.
    const bool unknown =
        !IsForeign(status) && code == ErrorCode::kRequestTimedOut;
    const bool lost = unknown || (!elsewhere && IsLost(status));
    if (!lost && !elsewhere && !NeverSent(status)) {
      return Finish(call, endpoint, status);
    }
    deps_.controllers->Failed(endpoint, status);
    if (!lost || !call->write) return TryAgain(call, endpoint, status);
    const absl::Duration until =
        deps_.loop->clock().Monotonic() + std::min(kDoubtMax, Left(*call) / 2);
    FindOut(call, endpoint, status, until);
  }

  // The next leader's first entries stand behind all that the lost one could
  // have had committed. If nothing but them was committed since the call was
  // sent, it had no effect and never will: then it is sent again.
  template <typename Request, typename Response>
  void FindOut(std::shared_ptr<Forwarded<Request, Response>> call,
               const std::string& endpoint, const absl::Status& status,
               absl::Duration until) {
    const image::ClusterImage image = deps_.follower->image();
    const int64_t entries = Distance(call->version, image.version());
    if (image.term() > call->term && entries == kLeaderEntries) {
      return TryAgain(call, endpoint, status);
    }
    if (entries > kLeaderEntries || deps_.loop->clock().Monotonic() > until) {
      return Finish(call, endpoint, status);
    }
    deps_.loop->After(kPauseFirst, [this, call, endpoint, status, until] {
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
    call->reactor->Finish(rpc::ToGrpc(Explain(status, endpoint, call->write)));
  }

  const Deps deps_;
};

}  // namespace

std::unique_ptr<AdminForwarder> AdminForwarder::Make(const Deps& deps) {
  return std::make_unique<OneHopForwarder>(deps);
}

}  // namespace barnabas::broker
