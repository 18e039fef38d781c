// The connection that a controller dials, to a scripted one.
#include "controller/service/peer_link.h"

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

namespace barnabas::controller {
namespace {

using internal::v1::PeerRequest;
using internal::v1::PeerResponse;
using Stream = grpc::ServerReaderWriter<PeerResponse, PeerRequest>;

const Uuid kCluster = Uuid::FromRandom(1, 1);

PeerIdentity Node(int32_t id) {
  return {kCluster,
          raft::ReplicaKey{NodeId(id),
                           Uuid::FromRandom(static_cast<uint64_t>(id), 7)}};
}

// Runs the script on each stream, on gRPC's threads.
class Scripted final : public internal::v1::Quorum::Service {
 public:
  using Script = std::function<grpc::Status(Stream*, int number)>;

  explicit Scripted(Script script) : script_(std::move(script)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~Scripted() override {
    server_->Shutdown(gpr_time_from_millis(100, GPR_TIMESPAN));
  }

  grpc::Status Peer(grpc::ServerContext*, Stream* stream) override {
    return script_(stream, ++streams_);
  }
  raft::Voter voter() const {
    return raft::Voter{Node(2).key, "127.0.0.1", port_};
  }
  int streams() const { return streams_; }

  // Reads the hello and answers as `self`.
  static bool Greet(Stream* stream, const PeerIdentity& self) {
    PeerRequest request;
    if (!stream->Read(&request) || !request.frame().has_hello()) return false;
    const auto from = CheckHello(Node(2), request.frame().hello());
    EXPECT_TRUE(from.ok()) << from.status();
    PeerResponse response;
    *response.mutable_frame() = HelloTo(self, *from);
    return stream->Write(response);
  }

 private:
  const Script script_;
  int port_ = 0;
  std::atomic<int> streams_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class PeerLinkTest : public ::testing::Test, public PeerLinkEvents {
 protected:
  ~PeerLinkTest() override {
    OnLoop([this] { link_.reset(); });
    loop_->Stop();
  }

  void Dial(const raft::Voter& peer) {
    OnLoop([this, peer] {
      link_ = std::make_unique<PeerLink>(
          PeerLink::Deps{loop_, &channels_, Node(1), this, 3}, peer);
    });
  }
  void OnLoop(const std::function<void()>& work) {
    absl::Notification done;
    loop_->PostAlways([&] {
      work();
      done.Notify();
    });
    done.WaitForNotification();
  }
  bool Connected() {
    bool connected = false;
    OnLoop([&] { connected = link_->connected(); });
    return connected;
  }
  // Ten seconds at most.
  bool WaitFor(const std::function<bool()>& done) {
    const absl::Duration until = clock_.Monotonic() + absl::Seconds(10);
    while (!done()) {
      if (clock_.Monotonic() > until) return false;
      absl::Notification never;
      never.WaitForNotificationWithTimeout(absl::Milliseconds(2));
    }
    return true;
  }

  void OnLinkMessage(const raft::ReplicaKey& peer,
                     const internal::v1::RaftMessage& message) override {
    EXPECT_EQ(peer, Node(2).key);
    terms_.push_back(message.term());
  }
  void OnLinkBroken(const raft::Voter&) override { ++broken_; }

  env::SystemClock clock_;
  std::shared_ptr<env::ThreadEventLoop> loop_ =
      std::make_shared<env::ThreadEventLoop>(
          env::ThreadEventLoop::Options{&clock_, "test"});
  rpc::ChannelPool channels_{"test"};
  std::unique_ptr<PeerLink> link_;
  // Of the loop.
  std::vector<int32_t> terms_;
  std::atomic<int> broken_ = 0;
};

TEST_F(PeerLinkTest, ConnectsWhenBothHellosWereGood) {
  Scripted peer([](Stream* stream, int) {
    if (!Scripted::Greet(stream, Node(2))) return grpc::Status::CANCELLED;
    PeerResponse response;
    response.mutable_frame()->mutable_message()->set_term(4);
    stream->Write(response);
    PeerRequest request;
    while (stream->Read(&request)) {
    }
    return grpc::Status::OK;
  });
  Dial(peer.voter());
  EXPECT_TRUE(WaitFor([this] { return Connected(); }));
  EXPECT_TRUE(WaitFor([this] {
    size_t heard = 0;
    OnLoop([&] { heard = terms_.size(); });
    return heard == 1;
  }));
}

TEST_F(PeerLinkTest, WhatIsSentBeforeTheHelloIsDropped) {
  Scripted peer([](Stream* stream, int) {
    PeerRequest request;
    while (stream->Read(&request)) {
      EXPECT_FALSE(request.frame().has_message());
    }
    return grpc::Status::OK;
  });
  Dial(peer.voter());
  OnLoop([this] {
    internal::v1::PeerFrame frame;
    frame.mutable_message();
    EXPECT_FALSE(link_->Send(frame));
  });
}

TEST_F(PeerLinkTest, DialsAgainWhenAConnectionBreaksAndTellsOfIt) {
  Scripted peer([](Stream* stream, int number) {
    if (!Scripted::Greet(stream, Node(2))) return grpc::Status::CANCELLED;
    if (number == 1) return grpc::Status::OK;
    PeerRequest request;
    while (stream->Read(&request)) {
    }
    return grpc::Status::OK;
  });
  Dial(peer.voter());
  EXPECT_TRUE(WaitFor([&] { return peer.streams() == 2 && Connected(); }));
  EXPECT_EQ(broken_, 1);
}

TEST_F(PeerLinkTest, AnotherControllerAtTheAddressIsNotConnected) {
  Scripted peer([](Stream* stream, int) {
    Scripted::Greet(stream, Node(3));
    PeerRequest request;
    while (stream->Read(&request)) {
    }
    return grpc::Status::OK;
  });
  Dial(peer.voter());
  EXPECT_TRUE(WaitFor([&] { return peer.streams() >= 2; }));
  EXPECT_FALSE(Connected());
  EXPECT_EQ(broken_, 0) << "it never stood";
}

TEST_F(PeerLinkTest, DoesNotWaitForAPeerThatIsKnownToBeUp) {
  std::atomic<bool> up = false;
  Scripted peer([&up](Stream* stream, int) {
    if (!up || !Scripted::Greet(stream, Node(2))) {
      return grpc::Status::CANCELLED;
    }
    PeerRequest request;
    while (stream->Read(&request)) {
    }
    return grpc::Status::OK;
  });
  Dial(peer.voter());
  // Tries far enough apart by now.
  ASSERT_TRUE(WaitFor([&] { return peer.streams() >= 4; }));
  up = true;
  ASSERT_TRUE(WaitFor([this] {
    OnLoop([this] { link_->DialNow(); });
    return Connected();
  }));
}

}  // namespace
}  // namespace barnabas::controller
