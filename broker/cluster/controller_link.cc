#include "broker/cluster/controller_link.h"

#include <glog/logging.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "barnabas/internal/v1/controller.pb.h"
#include "client/rpc/backoff.h"
#include "client/rpc/byte_stream.h"
#include "client/rpc/frame_codec.h"
#include "metadata/image/features.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"

namespace barnabas::broker {
namespace {

constexpr char kMethod[] = "/barnabas.internal.v1.Controller/BrokerSession";
// Until the controller names its own times.
constexpr absl::Duration kHeartbeatDefault = absl::Milliseconds(500);
constexpr absl::Duration kSessionDefault = absl::Seconds(3);
// A registration waits for a commit, so it may take longer than a beat; but a
// controller that hangs must be left before the session is over. Asking again
// does no harm.
constexpr absl::Duration kRegisterTimeout = absl::Seconds(2);
// Beats without an answer until another controller is asked, whatever the
// session would allow: a leader that fell silent is replaced in less.
constexpr double kBeatsLost = 2.5;
// Two answers that another holds this id belong together within this: tries
// come more often, whoever else is asked in between.
constexpr absl::Duration kDuplicateGapMax = absl::Seconds(10);
constexpr int64_t kNoEpoch = -1;

// What no new attempt can mend.
bool IsFinal(ErrorCode code) {
  return code == ErrorCode::kInconsistentClusterId ||
         code == ErrorCode::kInvalidRegistration ||
         code == ErrorCode::kWrongIdentity ||
         code == ErrorCode::kUnsupportedFormat;
}

class SessionStream final : public ControllerLink,
                            public rpc::ByteStreamEvents {
 public:
  SessionStream(const Options& options, const Deps& deps)
      : options_(options), deps_(deps) {}

  ~SessionStream() override { Stop(); }

  void Start() override { Dial(); }
  void BeatNow() override {
    if (registered_) Beat();
  }
  void Stop() override;

  std::optional<BrokerEpoch> epoch() const override {
    const int64_t epoch = epoch_.load(std::memory_order_acquire);
    if (epoch == kNoEpoch) return std::nullopt;
    return BrokerEpoch(epoch);
  }

  void OnMessage(grpc::ByteBuffer message) override;
  void OnWritten() override {
    if (std::exchange(beat_wanted_, false)) BeatNow();
  }
  void OnClosed(const absl::Status& status) override;

 private:
  // When it was told that another holds its id, at first and at last.
  struct Duplicate {
    absl::Duration first;
    absl::Duration last;
  };
  struct Outage {
    // Failed tries.
    int attempts = 0;
    std::optional<Duplicate> duplicate;
    // Why the last one failed, as it was logged.
    std::string complaint;
  };

  void Dial();
  void Register();
  void Beat();
  void Watch(absl::Duration patience);
  absl::Duration Patience() const {
    return std::min(session_, kBeatsLost * heartbeat_);
  }
  void OnRegistered(const internal::v1::BrokerRegistered& registered);
  void CancelTimers();
  void Retry();
  // True if the owner was told that going on is of no use.
  bool Refuse(const absl::Status& status);

  const Options options_;
  const Deps deps_;

  std::unique_ptr<rpc::ByteStream> stream_;
  std::string endpoint_;
  bool registered_ = false;
  // A beat is due as soon as the one on its way has left.
  bool beat_wanted_ = false;
  std::atomic<int64_t> epoch_ = kNoEpoch;
  absl::Duration heartbeat_ = kHeartbeatDefault;
  absl::Duration session_ = kSessionDefault;
  // Since the last registration.
  Outage outage_;
  // What the controller said before it closed the stream.
  absl::Status failed_;
  env::TimerId beat_timer_ = 0;
  env::TimerId watch_timer_ = 0;
  env::TimerId retry_timer_ = 0;
};

void SessionStream::Stop() {
  CancelTimers();
  stream_ = nullptr;
  registered_ = false;
}

void SessionStream::CancelTimers() {
  for (env::TimerId* timer : {&beat_timer_, &watch_timer_, &retry_timer_}) {
    if (*timer != 0) deps_.loop->Cancel(*timer);
    *timer = 0;
  }
}

void SessionStream::Dial() {
  endpoint_ = deps_.controllers->Current();
  failed_ = absl::OkStatus();
  beat_wanted_ = false;
  stream_ = rpc::ByteStream::Open(deps_.channels->Get(endpoint_), kMethod,
                                  deps_.loop, this);
  Register();
  Watch(kRegisterTimeout);
}

void SessionStream::Register() {
  internal::v1::BrokerSessionRequest request;
  internal::v1::RegisterBroker* frame = request.mutable_register_();
  frame->set_cluster_id(options_.cluster_id.ToString());
  frame->set_broker_id(options_.broker.value());
  frame->set_incarnation_id(options_.incarnation.ToString());
  frame->set_directory_id(options_.directory.ToString());
  frame->set_rack(options_.rack);
  frame->set_version(options_.version);
  for (const image::BrokerEndpoint& endpoint : options_.endpoints) {
    internal::v1::BrokerEndpoint* each = frame->add_endpoints();
    each->set_listener(endpoint.listener);
    each->set_host(endpoint.host);
    each->set_port(endpoint.port);
  }
  image::WriteRanges(image::UnderstoodFeatures(), *frame->mutable_features());
  if (options_.previous_epoch.has_value()) {
    frame->set_previous_epoch(options_.previous_epoch->value());
  }
  stream_->Write(rpc::WriteMessage(request));
}

void SessionStream::Beat() {
  if (beat_timer_ != 0) deps_.loop->Cancel(beat_timer_);
  beat_timer_ = deps_.loop->After(heartbeat_, [this] {
    beat_timer_ = 0;
    Beat();
  });
  // One on its way is enough, and the watch decides when a connection is dead;
  // but the news that this one would bring must not wait a whole interval.
  if (stream_->pending_writes() > 0) {
    beat_wanted_ = true;
    return;
  }
  const BrokerBeat beat = deps_.events->NextBeat();
  internal::v1::BrokerSessionRequest request;
  internal::v1::BrokerHeartbeat* frame = request.mutable_heartbeat();
  frame->set_broker_epoch(epoch_);
  frame->set_applied_offset(beat.applied.value());
  frame->set_want_fence(beat.want_fence);
  frame->set_want_stop(beat.want_stop);
  frame->set_disk_used_bytes(beat.disk_used_bytes);
  frame->set_disk_free_bytes(beat.disk_free_bytes);
  stream_->Write(rpc::WriteMessage(request));
}

void SessionStream::Watch(absl::Duration patience) {
  if (watch_timer_ != 0) deps_.loop->Cancel(watch_timer_);
  watch_timer_ = deps_.loop->After(patience, [this, patience] {
    watch_timer_ = 0;
    LOG(WARNING) << "Controller " << endpoint_ << " has been silent for "
                 << patience << "; dialling again.";
    stream_->Cancel();
  });
}

void SessionStream::OnMessage(grpc::ByteBuffer message) {
  internal::v1::BrokerSessionResponse response;
  if (!rpc::ReadMessage(message, &response).ok()) return stream_->Cancel();
  switch (response.frame_case()) {
    case internal::v1::BrokerSessionResponse::kRegistered:
      return OnRegistered(response.registered());
    case internal::v1::BrokerSessionResponse::kReply: {
      Watch(Patience());
      BeatReply reply;
      reply.fenced = response.reply().fenced();
      reply.caught_up = response.reply().caught_up();
      reply.may_stop = response.reply().may_stop();
      return deps_.events->OnReply(reply);
    }
    case internal::v1::BrokerSessionResponse::kFailed:
      failed_ = FromProto(response.failed());
      return;
    case internal::v1::BrokerSessionResponse::FRAME_NOT_SET:
      // A newer controller; it is alive, that is all this tells.
      return Watch(Patience());
  }
}

void SessionStream::OnRegistered(
    const internal::v1::BrokerRegistered& registered) {
  if (registered.broker_epoch() < epoch_) {
    // C1: epochs rise. An answer of an old controller is not believed.
    return stream_->Cancel();
  }
  if (registered.heartbeat_ms() > 0) {
    heartbeat_ = absl::Milliseconds(registered.heartbeat_ms());
  }
  if (registered.session_ms() > 0) {
    session_ = absl::Milliseconds(registered.session_ms());
  }
  registered_ = true;
  outage_ = Outage();
  epoch_.store(registered.broker_epoch(), std::memory_order_release);
  deps_.controllers->Led(endpoint_);
  LOG(INFO) << "Registered with controller " << endpoint_ << ", epoch "
            << registered.broker_epoch() << ".";
  deps_.events->OnRegistered(BrokerEpoch(registered.broker_epoch()));
  Watch(Patience());
  Beat();
}

void SessionStream::OnClosed(const absl::Status& closed) {
  absl::Status status = failed_.ok() ? closed : failed_;
  if (status.ok()) {
    status = MakeError(ErrorCode::kControllerNotAvailable,
                       "controller " + endpoint_ + " ended the session");
  }
  CancelTimers();
  const bool was_registered = registered_;
  registered_ = false;
  deps_.controllers->Failed(endpoint_, status);
  if (Refuse(status)) return;
  // A reason once an outage, not once a try; who does not lead says nothing
  // new.
  const std::string reason(status.message());
  if (CodeOf(status) != ErrorCode::kNotController &&
      reason != outage_.complaint) {
    outage_.complaint = reason;
    LOG(WARNING) << "Session with controller " << endpoint_
                 << " ended: " << reason;
  }
  if (was_registered || outage_.attempts == 0) {
    deps_.events->OnDisconnected(status);
  }
  Retry();
}

bool SessionStream::Refuse(const absl::Status& status) {
  const ErrorCode code = CodeOf(status);
  bool refused = IsFinal(code);
  if (code == ErrorCode::kDuplicateBrokerRegistration) {
    // The other may be this broker's own former life, whose end the
    // controller has not seen yet. Controllers that only say who leads come
    // between two such answers.
    const absl::Duration now = deps_.loop->clock().Monotonic();
    if (!outage_.duplicate.has_value() ||
        now - outage_.duplicate->last > kDuplicateGapMax) {
      outage_.duplicate = Duplicate{now, now};
    }
    outage_.duplicate->last = now;
    refused = now - outage_.duplicate->first > 2 * session_;
  }
  if (refused) deps_.events->OnRefused(status);
  return refused;
}

void SessionStream::Retry() {
  const absl::Duration delay =
      rpc::BackoffDelay(rpc::BackoffRange(), outage_.attempts, options_.seed);
  ++outage_.attempts;
  retry_timer_ = deps_.loop->After(delay, [this] {
    retry_timer_ = 0;
    Dial();
  });
}

}  // namespace

std::unique_ptr<ControllerLink> ControllerLink::Make(const Options& options,
                                                     const Deps& deps) {
  return std::make_unique<SessionStream>(options, deps);
}

}  // namespace barnabas::broker
