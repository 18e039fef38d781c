// The accept loop without any protocol above it; listener_test has gRPC's.
#include "storage/env/net/tcp_acceptor.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

class TcpAcceptorTest : public ::testing::Test {
 protected:
  void StartAcceptor(TcpAcceptor::Options options) {
    options.name = "test";
    options.host = "127.0.0.1";
    auto bound = TcpAcceptor::Bind(options);
    ASSERT_OK(bound);
    acceptor_ = *std::move(bound);
    Start();
  }

  void Start() {
    acceptor_->Start(
        [this](int descriptor) {
          absl::MutexLock lock(&mutex_);
          taken_.push_back(descriptor);
          if (!reads_at_once_) return;
          char buffer[32];
          EXPECT_GT(recv(descriptor, buffer, sizeof(buffer), 0), 0);
        },
        [this](const TrafficRound& round) {
          absl::MutexLock lock(&mutex_);
          for (const ConnectionTraffic& active : round.active) {
            received_[active.id] = active.received_bytes;
            unread_ = active.unread_bytes;
            sent_ = {active.sent_bytes};
          }
          for (const uint64_t id : round.ended) received_.erase(id);
          ++rounds_;
          return rounds_ < rounds_wanted_;
        });
  }

  void TearDown() override {
    acceptor_ = nullptr;
    for (const int descriptor : taken_) close(descriptor);
    for (const int descriptor : callers_) close(descriptor);
  }

  int Connect(const std::string& bytes = "") {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(acceptor_->port()));
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address),
                      sizeof(address)),
              0);
    if (!bytes.empty()) {
      EXPECT_EQ(send(descriptor, bytes.data(), bytes.size(), 0),
                static_cast<ssize_t>(bytes.size()));
    }
    callers_.push_back(descriptor);
    return descriptor;
  }

  bool AwaitTaken(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] { return taken_.size() >= count; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(10));
  }

  // The watch is told that all there is, is one connection with so many bytes.
  bool AwaitReceived(int64_t bytes) {
    absl::MutexLock lock(&mutex_);
    const auto told = [&] {
      return received_.size() == 1 && received_.begin()->second == bytes;
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&told), absl::Seconds(10));
  }

  template <typename Predicate>
  static bool Eventually(Predicate done) {
    for (int i = 0; i < 2000; ++i) {
      if (done()) return true;
      poll(nullptr, 0, 5);
    }
    return false;
  }

  std::unique_ptr<TcpAcceptor> acceptor_;
  absl::Mutex mutex_;
  std::vector<int> taken_;
  // Bytes by connection, of those that talked and are still there.
  std::map<uint64_t, int64_t> received_;
  // By the owner of the one that talked last, and to it.
  int64_t unread_ = 0;
  std::vector<int64_t> sent_;
  bool reads_at_once_ = false;
  int rounds_ = 0;
  int rounds_wanted_ = 0;
  std::vector<int> callers_;
};

TEST_F(TcpAcceptorTest, HandsCallersOverAtOnceWithoutAPreface) {
  StartAcceptor({});
  Connect();
  EXPECT_TRUE(AwaitTaken(1));
}

TEST_F(TcpAcceptorTest, LeavesTheOpeningBytesToItsOwner) {
  TcpAcceptor::Options options;
  options.preface = "hello";
  StartAcceptor(options);
  Connect("hello, world");
  ASSERT_TRUE(AwaitTaken(1));
  char buffer[32] = {};
  EXPECT_EQ(recv(taken_[0], buffer, sizeof(buffer), 0), 12);
  EXPECT_EQ(std::string(buffer), "hello, world");
}

TEST_F(TcpAcceptorTest, SeesTheEndOfAConnectionThatWasHandedOver) {
  StartAcceptor({});
  Connect();
  ASSERT_TRUE(AwaitTaken(1));
  EXPECT_EQ(acceptor_->facts().open, 1);
  // As gRPC ends a connection.
  shutdown(taken_[0], SHUT_RDWR);
  EXPECT_TRUE(Eventually([&] { return acceptor_->facts().open == 0; }));
}

TEST_F(TcpAcceptorTest, ShutsTheWaitingWhenItStopsAccepting) {
  TcpAcceptor::Options options;
  options.preface = "hello";
  StartAcceptor(options);
  const int waiting = Connect("hel");
  Connect("hello");
  ASSERT_TRUE(AwaitTaken(1));
  acceptor_->StopAccepting();
  pollfd ended{waiting, POLLIN, 0};
  EXPECT_EQ(poll(&ended, 1, 10000), 1);
  EXPECT_TRUE(Eventually([&] { return acceptor_->facts().open == 1; }));
  EXPECT_EQ(acceptor_->Connections().size(), 1u) << "that one goes on";
}

TEST_F(TcpAcceptorTest, CallersQueueUntilItStarts) {
  TcpAcceptor::Options options;
  options.host = "127.0.0.1";
  auto bound = TcpAcceptor::Bind(options);
  ASSERT_OK(bound);
  acceptor_ = *std::move(bound);
  Connect();
  EXPECT_EQ(acceptor_->facts().accepted, 0);
  Start();
  EXPECT_TRUE(AwaitTaken(1));
}

TEST_F(TcpAcceptorTest, WithoutAPrefaceACallerMayHaveSpokenAlready) {
  TcpAcceptor::Options options;
  options.host = "127.0.0.1";
  auto bound = TcpAcceptor::Bind(options);
  ASSERT_OK(bound);
  acceptor_ = *std::move(bound);
  Connect("hello");
  Start();
  ASSERT_TRUE(AwaitTaken(1));
  char buffer[32] = {};
  EXPECT_EQ(recv(taken_[0], buffer, sizeof(buffer), 0), 5);
}

TEST_F(TcpAcceptorTest, TellsWhatEachConnectionReceivedAndThatItEnded) {
  TcpAcceptor::Options options;
  options.watch_period = absl::Milliseconds(1);
  StartAcceptor(options);
  const int caller = Connect("0123456789");
  ASSERT_TRUE(AwaitTaken(1));
  EXPECT_TRUE(AwaitReceived(10));
  ASSERT_EQ(send(caller, "abc", 3, 0), 3);
  EXPECT_TRUE(AwaitReceived(13)) << "also of what nobody has read";
  {
    absl::MutexLock lock(&mutex_);
    EXPECT_EQ(unread_, 13);
  }
  shutdown(taken_[0], SHUT_RDWR);
  absl::MutexLock lock(&mutex_);
  const auto ended = [&] { return received_.empty(); };
  EXPECT_TRUE(
      mutex_.AwaitWithTimeout(absl::Condition(&ended), absl::Seconds(10)));
}

TEST_F(TcpAcceptorTest, TellsOfAConnectionWhoseOwnerReadsAtOnce) {
  TcpAcceptor::Options options;
  options.host = "127.0.0.1";
  auto bound = TcpAcceptor::Bind(options);
  ASSERT_OK(bound);
  acceptor_ = *std::move(bound);
  reads_at_once_ = true;
  Connect("hello");
  Start();
  EXPECT_TRUE(AwaitReceived(5)) << "though nothing is left to be seen";
  absl::MutexLock lock(&mutex_);
  EXPECT_EQ(unread_, 0);
}

TEST_F(TcpAcceptorTest, TellsWhatWasSentToEachConnection) {
  TcpAcceptor::Options options;
  options.watch_period = absl::Milliseconds(1);
  StartAcceptor(options);
  const int caller = Connect();
  ASSERT_TRUE(AwaitTaken(1));
  ASSERT_EQ(send(taken_[0], "abcde", 5, 0), 5);
  ASSERT_EQ(send(caller, "x", 1, 0), 1);
  absl::MutexLock lock(&mutex_);
  const auto told = [&] { return sent_.size() == 1 && sent_[0] == 5; };
  EXPECT_TRUE(
      mutex_.AwaitWithTimeout(absl::Condition(&told), absl::Seconds(10)));
}

TEST_F(TcpAcceptorTest, GoesRoundAsLongAsTheWatchWants) {
  rounds_wanted_ = 5;
  StartAcceptor({});
  // Told of in the first round; nothing happens after that.
  Connect();
  absl::MutexLock lock(&mutex_);
  const auto enough = [&] { return rounds_ >= rounds_wanted_; };
  EXPECT_TRUE(
      mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(10)));
}

TEST_F(TcpAcceptorTest, MayBeDroppedBeforeItStarts) {
  TcpAcceptor::Options options;
  options.host = "127.0.0.1";
  EXPECT_OK(TcpAcceptor::Bind(options));
}

TEST(DescriptorLimitTest, IsRaisedToWhatIsAllowed) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(RaiseDescriptorLimit(), static_cast<int64_t>(limit.rlim_max));
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

}  // namespace
}  // namespace barnabas::env
