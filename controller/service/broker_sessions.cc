#include "controller/service/broker_sessions.h"

#include <glog/logging.h>

#include <memory>
#include <optional>
#include <utility>

#include "client/rpc/status_bridge.h"
#include "controller/service/stream_writer.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"

namespace barnabas::controller {
namespace {

// Answers that a broker may leave unread before its frames are.
constexpr size_t kUnreadMax = 16;

absl::Status OutOfTurn(const char* what) {
  return MakeError(ErrorCode::kProtocolError, what,
                   "register first and once, then send heartbeats");
}

}  // namespace

// Lives from Open until gRPC is done with it and no task of the loop needs it
// any more.
class BrokerSessions::Session final
    : public Reactor,
      public SessionSink,
      public std::enable_shared_from_this<Session> {
 public:
  explicit Session(BrokerSessions* owner) : owner_(owner), writer_(this) {
    ++owner_->open_;
  }
  ~Session() override { --owner_->open_; }

  void Begin() {
    self_ = shared_from_this();
    writer_.Read(&incoming_);
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      Post([this] { Take(); });
    } else {
      Post([this] { Closed(); });
      writer_.Finish(grpc::Status::OK);
    }
  }

  void OnWriteDone(bool ok) override {
    if (writer_.OnWriteDone(ok) > kUnreadMax / 2) return;
    bool read = false;
    {
      absl::MutexLock lock(&mutex_);
      std::swap(read, paused_);
    }
    if (read) writer_.Read(&incoming_);
  }

  void OnCancel() override {
    Post([this] { Closed(); });
    writer_.Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    // May destroy this.
    const std::shared_ptr<Session> self = std::move(self_);
  }

  void Send(const internal::v1::BrokerSessionResponse& message) override {
    writer_.Write(message);
  }

  void End(const absl::Status& status) override {
    ended_ = true;
    internal::v1::BrokerSessionResponse last;
    *last.mutable_failed() = ToProto(status);
    writer_.Write(std::move(last));
    writer_.Finish(rpc::ToGrpc(status));
  }

 private:
  template <typename Work>
  void Post(Work work) {
    owner_->loop_->PostAlways([self = shared_from_this(), work] { work(); });
  }

  // On the loop: one frame came.
  void Take() {
    if (!ended_) Dispatch();
    if (ended_) return;
    {
      absl::MutexLock lock(&mutex_);
      if (writer_.queued() > kUnreadMax) {
        paused_ = true;
        return;
      }
    }
    writer_.Read(&incoming_);
  }

  void Dispatch() {
    switch (incoming_.frame_case()) {
      case internal::v1::BrokerSessionRequest::kRegister:
        if (session_.has_value()) return End(OutOfTurn("registered already"));
        registration_ = incoming_.register_();
        session_ =
            owner_->driver_->OpenSession(shared_from_this(), registration_);
        return;
      case internal::v1::BrokerSessionRequest::kHeartbeat:
        if (!session_.has_value()) return End(OutOfTurn("not registered yet"));
        return owner_->driver_->Heartbeat(*session_, incoming_.heartbeat());
      case internal::v1::BrokerSessionRequest::FRAME_NOT_SET:
        return End(MakeError(ErrorCode::kUnsupportedFrame,
                             "a frame that this controller does not know",
                             "upgrade the controllers before the brokers"));
    }
  }

  // On the loop: the stream ended from the broker's side or broke.
  void Closed() {
    if (closed_) return;
    closed_ = true;
    if (!session_.has_value()) return;
    const active::SessionId session = *session_;
    ActiveDriver* const driver = owner_->driver_;
    driver->CloseSession(session, active::Evidence::kStreamEnded);
    if (ended_) return;
    const int32_t broker = registration_.broker_id();
    LOG(INFO) << "The session of broker " << broker << " ended.";
    owner_->probe_->Look(registration_, [driver, session, broker] {
      LOG(INFO) << "The process of broker " << broker << " is gone.";
      driver->CloseSession(session, active::Evidence::kProcessGone);
    });
  }

  BrokerSessions* const owner_;
  StreamWriter<Reactor, internal::v1::BrokerSessionResponse> writer_;
  // Until gRPC is done.
  std::shared_ptr<Session> self_;
  internal::v1::BrokerSessionRequest incoming_;

  // Of the loop.
  internal::v1::RegisterBroker registration_;
  std::optional<active::SessionId> session_;
  bool ended_ = false;
  bool closed_ = false;

  absl::Mutex mutex_;
  // Reading waits for the broker to read its answers.
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
};

BrokerSessions::BrokerSessions(env::EventLoop* loop, ActiveDriver* driver,
                               GoneProbe* probe)
    : loop_(loop), driver_(driver), probe_(probe) {}

BrokerSessions::Reactor* BrokerSessions::Open() {
  if (open_ >= kSessionsMax) {
    class Refused final : public Reactor {
     public:
      Refused() {
        Finish(rpc::ToGrpc(MakeError(ErrorCode::kOverloaded,
                                     "too many broker sessions",
                                     "see which brokers dial without end")));
      }
      void OnDone() override { delete this; }
    };
    return new Refused;
  }
  auto session = std::make_shared<Session>(this);
  session->Begin();
  return session.get();
}

}  // namespace barnabas::controller
