// A stream that another controller dialled, over real connections.
#include "controller/service/peer_session.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "barnabas/internal/v1/raft.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {
namespace {

using ::barnabas::support::HasErrorCode;
using internal::v1::PeerRequest;
using internal::v1::PeerResponse;

const Uuid kCluster = Uuid::FromRandom(1, 1);

PeerIdentity Node(int32_t id) {
  return {kCluster,
          raft::ReplicaKey{NodeId(id),
                           Uuid::FromRandom(static_cast<uint64_t>(id), 7)}};
}

PeerRequest Hello(const PeerIdentity& from, const PeerIdentity& to) {
  PeerRequest request;
  *request.mutable_frame() = HelloTo(from, to.key);
  return request;
}

PeerRequest Message(int32_t term) {
  PeerRequest request;
  request.mutable_frame()->mutable_message()->set_term(term);
  return request;
}

class Owner final : public PeerSessionEvents,
                    public internal::v1::Quorum::CallbackService {
 public:
  explicit Owner(std::shared_ptr<env::EventLoop> loop)
      : loop_(std::move(loop)) {}

  PeerReactor* Peer(grpc::CallbackServerContext*) override {
    auto session =
        std::make_shared<PeerSession>(PeerSession::Deps{loop_, Node(1), this});
    session->Begin();
    return session.get();
  }

  absl::Status OnSessionOpened(
      const std::shared_ptr<PeerSession>& session) override {
    absl::MutexLock lock(&mutex_);
    ++opened_;
    session_ = session;
    return refuse_;
  }
  void OnSessionMessage(const raft::ReplicaKey& peer,
                        const internal::v1::RaftMessage& message) override {
    absl::MutexLock lock(&mutex_);
    EXPECT_EQ(peer, Node(2).key);
    terms_.push_back(message.term());
  }
  void OnSessionClosed(const std::shared_ptr<PeerSession>&) override {
    absl::MutexLock lock(&mutex_);
    ++closed_;
    session_.reset();
  }

  void Refuse(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    refuse_ = status;
  }
  std::shared_ptr<PeerSession> session() {
    absl::MutexLock lock(&mutex_);
    return session_;
  }
  bool WaitFor(
      const std::function<bool(int opened, int closed,
                               const std::vector<int32_t>& terms)>& done) {
    absl::MutexLock lock(&mutex_);
    const auto holds = [&] { return done(opened_, closed_, terms_); };
    return mutex_.AwaitWithTimeout(absl::Condition(&holds), absl::Seconds(10));
  }

 private:
  const std::shared_ptr<env::EventLoop> loop_;

  absl::Mutex mutex_;
  absl::Status refuse_;
  std::shared_ptr<PeerSession> session_;
  int opened_ = 0;
  int closed_ = 0;
  std::vector<int32_t> terms_;
};

class PeerSessionTest : public ::testing::Test {
 protected:
  PeerSessionTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&owner_);
    server_ = builder.BuildAndStart();
    stub_ = internal::v1::Quorum::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                            grpc::InsecureChannelCredentials()));
    context_.set_deadline(gpr_time_from_millis(10'000, GPR_TIMESPAN));
    stream_ = stub_->Peer(&context_);
  }
  ~PeerSessionTest() override {
    context_.TryCancel();
    server_->Shutdown(gpr_time_from_millis(100, GPR_TIMESPAN));
    loop_->Stop();
  }

  // The next frame that is no ping.
  bool Read(internal::v1::PeerFrame* frame) {
    PeerResponse response;
    while (stream_->Read(&response)) {
      if (response.frame().has_ping()) continue;
      *frame = response.frame();
      return true;
    }
    return false;
  }
  absl::Status Finish() {
    internal::v1::PeerFrame frame;
    while (Read(&frame)) {
    }
    return rpc::FromGrpc(stream_->Finish());
  }

  env::SystemClock clock_;
  std::shared_ptr<env::ThreadEventLoop> loop_ =
      std::make_shared<env::ThreadEventLoop>(
          env::ThreadEventLoop::Options{&clock_, "test"});
  Owner owner_{loop_};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<internal::v1::Quorum::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<PeerRequest, PeerResponse>> stream_;
};

TEST_F(PeerSessionTest, AnswersAHelloWithItsOwn) {
  stream_->Write(Hello(Node(2), Node(1)));
  internal::v1::PeerFrame frame;
  ASSERT_TRUE(Read(&frame));
  ASSERT_TRUE(frame.has_hello());
  ASSERT_OK_AND_ASSIGN(const raft::ReplicaKey from,
                       CheckHello(Node(2), frame.hello()));
  EXPECT_EQ(from, Node(1).key);
  EXPECT_EQ(owner_.session()->peer(), Node(2).key);
}

TEST_F(PeerSessionTest, PassesMessagesOnInOrder) {
  stream_->Write(Hello(Node(2), Node(1)));
  for (int32_t term = 1; term <= 50; ++term) stream_->Write(Message(term));
  ASSERT_TRUE(owner_.WaitFor(
      [](int, int, const auto& terms) { return terms.size() == 50; }));
  owner_.WaitFor([](int, int, const auto& terms) {
    for (size_t i = 0; i < terms.size(); ++i) {
      EXPECT_EQ(terms[i], static_cast<int32_t>(i) + 1);
    }
    return true;
  });
}

TEST_F(PeerSessionTest, SendsWhatItsOwnerSays) {
  stream_->Write(Hello(Node(2), Node(1)));
  internal::v1::PeerFrame frame;
  ASSERT_TRUE(Read(&frame));
  loop_->PostAlways([session = owner_.session()] {
    internal::v1::PeerFrame said;
    said.mutable_message()->set_term(9);
    EXPECT_TRUE(session->Send(said));
  });
  ASSERT_TRUE(Read(&frame));
  EXPECT_EQ(frame.message().term(), 9);
}

TEST_F(PeerSessionTest, WhoeverSpeaksBeforeItsHelloIsHungUpOn) {
  stream_->Write(Message(1));
  EXPECT_THAT(Finish(), HasErrorCode(ErrorCode::kProtocolError));
  EXPECT_TRUE(owner_.WaitFor([](int opened, int closed, const auto& terms) {
    return opened == 0 && closed == 1 && terms.empty();
  }));
}

TEST_F(PeerSessionTest, ASecondHelloIsRefused) {
  stream_->Write(Hello(Node(2), Node(1)));
  stream_->Write(Hello(Node(2), Node(1)));
  EXPECT_THAT(Finish(), HasErrorCode(ErrorCode::kProtocolError));
}

TEST_F(PeerSessionTest, AHelloToAnotherDirectoryIsRefused) {
  PeerIdentity other = Node(1);
  other.key.directory = Uuid::FromRandom(1, 8);
  stream_->Write(Hello(Node(2), other));
  EXPECT_THAT(Finish(), HasErrorCode(ErrorCode::kWrongIdentity));
}

TEST_F(PeerSessionTest, ItsOwnerMayRefuseIt) {
  owner_.Refuse(MakeError(ErrorCode::kShuttingDown, "stopping"));
  stream_->Write(Hello(Node(2), Node(1)));
  EXPECT_THAT(Finish(), HasErrorCode(ErrorCode::kShuttingDown));
}

TEST_F(PeerSessionTest, TellsOnceThatItIsOver) {
  stream_->Write(Hello(Node(2), Node(1)));
  internal::v1::PeerFrame frame;
  ASSERT_TRUE(Read(&frame));
  context_.TryCancel();
  EXPECT_TRUE(
      owner_.WaitFor([](int, int closed, const auto&) { return closed == 1; }));
  // What comes behind it on the loop has come.
  absl::Notification behind;
  loop_->PostAlways([&] { behind.Notify(); });
  behind.WaitForNotification();
  EXPECT_TRUE(owner_.WaitFor([](int opened, int closed, const auto&) {
    return opened == 1 && closed == 1;
  }));
}

}  // namespace
}  // namespace barnabas::controller
