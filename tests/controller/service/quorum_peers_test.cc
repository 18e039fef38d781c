// Controllers that speak to each other over real connections on loopback.
#include "controller/service/quorum_peers.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "client/serving/listener.h"
#include "storage/env/net/connect_probe.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "storage/env/thread_pool.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);
const Uuid kCluster = Uuid::FromRandom(1, 1);

raft::ReplicaKey KeyOf(int32_t node, uint64_t directory = 7) {
  return raft::ReplicaKey{
      NodeId(node), Uuid::FromRandom(static_cast<uint64_t>(node), directory)};
}

// One controller's connections, and what they told.
class Peer final : public quorum::PeerEvents {
 public:
  explicit Peer(const raft::ReplicaKey& key, const Uuid& cluster = kCluster)
      : key_(key),
        loop_(std::make_shared<env::ThreadEventLoop>(
            env::ThreadEventLoop::Options{&clock_})) {
    QuorumPeers::Deps deps;
    deps.loop = loop_;
    deps.workers = &workers_;
    deps.channels = &channels_;
    deps.connect = env::ProbeConnect;
    deps.self = {cluster, key};
    peers_ = QuorumPeers::Make(deps);
    rpc::ListenerOptions options;
    options.name = "peer";
    options.host = "127.0.0.1";
    options.services = {
        {internal::v1::Quorum::service_full_name(), peers_.get()}};
    auto listener = rpc::Listener::Start(options);
    EXPECT_OK(listener);
    listener_ = *std::move(listener);
    OnLoop([this] { peers_->Start(this); });
  }
  ~Peer() override { Die(); }

  raft::Voter voter() const {
    return raft::Voter{key_, "127.0.0.1", listener_->port()};
  }
  void Meet(const std::vector<raft::Voter>& others) {
    OnLoop([this, others] { peers_->SetPeers(others); });
  }
  void Send(const raft::ReplicaKey& to, int32_t term) {
    OnLoop([this, to, term] {
      peers_->Send(
          raft::Message{key_, to, Term(term), raft::TransferRequest{}});
    });
  }
  void Die() {
    if (listener_ == nullptr) return;
    OnLoop([this] { peers_->Stop(); });
    listener_->Shutdown(absl::ZeroDuration());
    listener_.reset();
    loop_->Stop();
    workers_.Stop();
  }

  void OnPeerMessage(const raft::Message& message) override {
    absl::MutexLock lock(&mutex_);
    messages_.push_back(message);
  }
  void OnPeerLost(const raft::ReplicaKey& peer, bool gone) override {
    absl::MutexLock lock(&mutex_);
    (gone ? gone_ : lost_) += 1;
  }

  // Until `done` holds of messages, lost and gone.
  bool WaitFor(const std::function<bool(const std::vector<raft::Message>&, int,
                                        int)>& done) {
    absl::MutexLock lock(&mutex_);
    const auto holds = [&] { return done(messages_, lost_, gone_); };
    return mutex_.AwaitWithTimeout(absl::Condition(&holds), kPatience);
  }
  size_t messages() {
    absl::MutexLock lock(&mutex_);
    return messages_.size();
  }

 private:
  void OnLoop(const std::function<void()>& work) {
    absl::Notification done;
    loop_->PostAlways([&] {
      work();
      done.Notify();
    });
    done.WaitForNotification();
  }

  const raft::ReplicaKey key_;
  env::SystemClock clock_;
  const std::shared_ptr<env::ThreadEventLoop> loop_;
  env::ThreadPool workers_{{"worker", 2}};
  rpc::ChannelPool channels_{"test"};
  std::unique_ptr<QuorumPeers> peers_;
  std::unique_ptr<rpc::Listener> listener_;

  absl::Mutex mutex_;
  std::vector<raft::Message> messages_;
  int lost_ = 0;
  int gone_ = 0;
};

// Says it until it is heard: what is sent before both know each other is lost.
bool Reaches(Peer* from, Peer* to, const raft::ReplicaKey& key,
             absl::Duration patience = kPatience) {
  const env::SystemClock clock;
  const absl::Duration until = clock.Monotonic() + patience;
  const size_t before = to->messages();
  while (clock.Monotonic() < until) {
    from->Send(key, 5);
    absl::Notification never;
    never.WaitForNotificationWithTimeout(absl::Milliseconds(10));
    if (to->messages() > before) return true;
  }
  return false;
}

TEST(QuorumPeers, SpeakBothWaysAndInOrder) {
  Peer one(KeyOf(1));
  Peer two(KeyOf(2));
  one.Meet({two.voter()});
  two.Meet({one.voter()});
  ASSERT_TRUE(Reaches(&one, &two, KeyOf(2)));
  ASSERT_TRUE(Reaches(&two, &one, KeyOf(1)));
  for (int32_t term = 100; term < 200; ++term) one.Send(KeyOf(2), term);
  ASSERT_TRUE(two.WaitFor([](const auto& messages, int, int) {
    return !messages.empty() && messages.back().term == Term(199);
  }));
  int32_t last = 0;
  two.WaitFor([&](const auto& messages, int, int) {
    for (const raft::Message& message : messages) {
      EXPECT_GE(message.term.value(), last);
      EXPECT_EQ(message.from, KeyOf(1));
      EXPECT_EQ(message.to, KeyOf(2));
      last = message.term.value();
    }
    return true;
  });
}

TEST(QuorumPeers, AnswerOnTheStreamThatTheOtherDialled) {
  Peer leader(KeyOf(1));
  Peer joiner(KeyOf(2));
  leader.Meet({joiner.voter()});
  ASSERT_TRUE(Reaches(&leader, &joiner, KeyOf(2)));
  EXPECT_TRUE(Reaches(&joiner, &leader, KeyOf(1)))
      << "without knowing the leader's address";
}

TEST(QuorumPeers, TellThatAPeerIsGone) {
  Peer one(KeyOf(1));
  auto two = std::make_unique<Peer>(KeyOf(2));
  one.Meet({two->voter()});
  ASSERT_TRUE(Reaches(&one, two.get(), KeyOf(2)));
  two.reset();
  EXPECT_TRUE(one.WaitFor(
      [](const auto&, int lost, int gone) { return lost == 1 && gone == 1; }));
}

TEST(QuorumPeers, ANodeOnAnotherDirectoryIsAnother) {
  Peer one(KeyOf(1));
  Peer anew(KeyOf(2, 8));
  raft::Voter expected = anew.voter();
  expected.key = KeyOf(2);
  one.Meet({expected});
  EXPECT_FALSE(Reaches(&one, &anew, KeyOf(2), absl::Milliseconds(300)));
  EXPECT_EQ(anew.messages(), 0u);
}

TEST(QuorumPeers, AnotherClustersControllersAreNotHeard) {
  Peer one(KeyOf(1));
  Peer stranger(KeyOf(2), Uuid::FromRandom(2, 2));
  one.Meet({stranger.voter()});
  stranger.Meet({one.voter()});
  EXPECT_FALSE(Reaches(&stranger, &one, KeyOf(1), absl::Milliseconds(300)));
  EXPECT_EQ(one.messages(), 0u);
  EXPECT_EQ(stranger.messages(), 0u);
}

}  // namespace
}  // namespace barnabas::controller
