// The listener against clients that are well, rude or silent.
#include "client/serving/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "barnabas/v1/node_admin.grpc.pb.h"
#include "client/serving/node_admin.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "tests/support/matchers.h"

namespace barnabas::rpc {
namespace {

using ::barnabas::support::HasErrorCode;
using HealthStub = grpc::health::v1::Health::Stub;

class ListenerTest : public ::testing::Test {
 protected:
  ListenerTest()
      : loop_({&clock_, "test"}), admin_(&levels_, &loop_, nullptr) {}

  void StartListener(ListenerOptions options = {}) {
    options.name = "test";
    options.host = "127.0.0.1";
    options.services = {{v1::NodeAdmin::service_full_name(), &admin_}};
    options.health = &board_;
    auto started = Listener::Start(options);
    ASSERT_OK(started);
    listener_ = *std::move(started);
    ASSERT_GT(listener_->port(), 0);
  }

  std::string Endpoint() const {
    return "127.0.0.1:" + std::to_string(listener_->port());
  }

  // A channel of its own connection.
  std::shared_ptr<grpc::Channel> Dial(grpc::ChannelArguments arguments = {}) {
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        Endpoint(), grpc::InsecureChannelCredentials(), arguments);
  }

  static void SetDeadline(grpc::ClientContext* context) {
    context->set_deadline(gpr_time_add(
        gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(10, GPR_TIMESPAN)));
  }

  static grpc::Status GetLevels(
      const std::shared_ptr<grpc::Channel>& channel,
      grpc_compression_algorithm compression = GRPC_COMPRESS_NONE) {
    auto stub = v1::NodeAdmin::NewStub(channel);
    grpc::ClientContext context;
    SetDeadline(&context);
    context.set_wait_for_ready(true);
    context.set_compression_algorithm(compression);
    v1::SetLogLevelRequest request;
    // Compressible, so that gRPC does compress.
    if (compression != GRPC_COMPRESS_NONE) {
      request.set_module(std::string(4096, 'a'));
    }
    v1::SetLogLevelResponse response;
    return stub->SetLogLevel(&context, request, &response);
  }

  int Check(const std::string& service) {
    auto stub = grpc::health::v1::Health::NewStub(Dial());
    grpc::ClientContext context;
    SetDeadline(&context);
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status status = stub->Check(&context, request, &response);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) return 3;
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.status();
  }

  // A plain socket.
  int Connect() {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_GE(descriptor, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(listener_->port()));
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address),
                      sizeof(address)),
              0);
    return descriptor;
  }

  // All that the server says until it closes; "TIMEOUT" if it does not.
  static std::string ReadToEnd(int descriptor) {
    std::string text;
    while (true) {
      pollfd waiting{descriptor, POLLIN, 0};
      if (poll(&waiting, 1, 10000) <= 0) return "TIMEOUT";
      char buffer[4096];
      const ssize_t got = recv(descriptor, buffer, sizeof(buffer), 0);
      if (got <= 0) return text;
      text.append(buffer, static_cast<size_t>(got));
    }
  }

  // Turns until `done` or ten seconds have gone.
  template <typename Predicate>
  bool Eventually(Predicate done) {
    const absl::Duration begin = clock_.Monotonic();
    while (clock_.Monotonic() - begin < absl::Seconds(10)) {
      if (done()) return true;
      poll(nullptr, 0, 5);
    }
    return false;
  }

  env::SystemClock clock_;
  env::ThreadEventLoop loop_;
  env::LogLevels levels_;
  NodeAdminService admin_;
  HealthBoard board_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(ListenerTest, ServesCallsOnAPortOfTheKernelsChoice) {
  StartListener();
  EXPECT_TRUE(GetLevels(Dial()).ok());
}

TEST_F(ListenerTest, AnswersHealthByNameAndDrains) {
  StartListener();
  EXPECT_EQ(Check(""), 2);
  EXPECT_EQ(Check("liveness"), 1);
  EXPECT_EQ(Check("readiness"), 2);
  EXPECT_EQ(Check("barnabas.v1.NodeAdmin"), 1);
  EXPECT_EQ(Check("no.such.Service"), 3);
  board_.SetReady(true);
  EXPECT_EQ(Check(""), 1);
  EXPECT_EQ(Check("readiness"), 1);
  board_.Drain();
  EXPECT_EQ(Check(""), 2);
  EXPECT_EQ(Check("barnabas.v1.NodeAdmin"), 2);
  EXPECT_EQ(Check("liveness"), 1);
  board_.SetReady(true);
  EXPECT_EQ(Check("readiness"), 2) << "nothing serves again after a drain";
}

TEST_F(ListenerTest, NamesTheHolderOfATakenPort) {
  StartListener();
  ListenerOptions second;
  second.name = "second";
  second.host = "127.0.0.1";
  second.port = listener_->port();
  const auto refused = Listener::Start(second);
  ASSERT_THAT(refused, HasErrorCode(ErrorCode::kAddressInUse));
  const std::string text(refused.status().message());
  EXPECT_NE(text.find(std::to_string(second.port)), std::string::npos) << text;
  EXPECT_NE(text.find("process " + std::to_string(getpid())), std::string::npos)
      << text;
}

TEST_F(ListenerTest, RefusesAnUnknownHostByName) {
  ListenerOptions options;
  options.name = "test";
  options.host = "no-such-host.invalid";
  EXPECT_THAT(Listener::Start(options),
              HasErrorCode(ErrorCode::kInvalidNodeFile));
  options.host = "192.0.2.1";
  EXPECT_THAT(Listener::Start(options),
              HasErrorCode(ErrorCode::kInvalidNodeFile));
}

TEST_F(ListenerTest, RefusesCompressedMessages) {
  StartListener();
  for (grpc_compression_algorithm algorithm :
       {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    EXPECT_EQ(GetLevels(Dial(), algorithm).error_code(),
              grpc::StatusCode::UNIMPLEMENTED);
  }
  EXPECT_TRUE(GetLevels(Dial()).ok());
}

TEST_F(ListenerTest, RefusesAMessageOverTheLimit) {
  ListenerOptions options;
  options.message_bytes_max = 1000;
  StartListener(options);
  auto stub = v1::NodeAdmin::NewStub(Dial());
  grpc::ClientContext context;
  SetDeadline(&context);
  v1::SetLogLevelRequest request;
  request.set_module(std::string(2000, 'm'));
  v1::SetLogLevelResponse response;
  EXPECT_EQ(stub->SetLogLevel(&context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(GetLevels(Dial()).ok());
}

TEST_F(ListenerTest, TellsHttp1CallersWhereTheyAre) {
  StartListener();
  const int caller = Connect();
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  ASSERT_EQ(send(caller, request.data(), request.size(), 0),
            static_cast<ssize_t>(request.size()));
  const std::string answer = ReadToEnd(caller);
  close(caller);
  EXPECT_EQ(answer.rfind("HTTP/1.1 426", 0), 0u) << answer;
  const size_t body = answer.find("\r\n\r\n");
  ASSERT_NE(body, std::string::npos);
  EXPECT_NE(answer.find("Content-Length: " +
                        std::to_string(answer.size() - body - 4)),
            std::string::npos)
      << answer;
  EXPECT_EQ(listener_->facts().wrong_preface, 1);
  EXPECT_TRUE(GetLevels(Dial()).ok());
}

TEST_F(ListenerTest, ShutsCallersThatSpeakGarbage) {
  StartListener();
  for (const std::string& opening :
       {std::string("\x16\x03\x01\x02", 4), std::string("garbage\r\n"),
        std::string("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"),
        std::string(64, '\0')}) {
    const int caller = Connect();
    ASSERT_GT(send(caller, opening.data(), opening.size(), MSG_NOSIGNAL), 0);
    EXPECT_EQ(ReadToEnd(caller), "");
    close(caller);
  }
  // Right opening, wrong rest: gRPC's own affair.
  const int caller = Connect();
  const std::string text =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(64, '\xff');
  ASSERT_GT(send(caller, text.data(), text.size(), MSG_NOSIGNAL), 0);
  EXPECT_NE(ReadToEnd(caller), "TIMEOUT");
  close(caller);
  EXPECT_TRUE(GetLevels(Dial()).ok());
}

TEST_F(ListenerTest, TakesAPrefaceThatComesByteByByte) {
  StartListener();
  const int caller = Connect();
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  for (const char byte : preface) {
    ASSERT_EQ(send(caller, &byte, 1, 0), 1);
    poll(nullptr, 0, 1);
  }
  // An empty SETTINGS frame; the server answers with its own.
  const std::string settings("\0\0\0\x04\0\0\0\0\0", 9);
  ASSERT_EQ(send(caller, settings.data(), settings.size(), 0), 9);
  pollfd waiting{caller, POLLIN, 0};
  EXPECT_EQ(poll(&waiting, 1, 10000), 1);
  EXPECT_EQ(listener_->facts().waiting, 0);
  close(caller);
}

TEST_F(ListenerTest, DropsHalfOpenCallersAfterTheHandshakeTimeout) {
  ListenerOptions options;
  options.handshake_timeout = absl::Milliseconds(300);
  StartListener(options);
  std::vector<int> callers;
  for (int i = 0; i < 50; ++i) {
    callers.push_back(Connect());
    // Some say nothing, some half of the preface, some all of it.
    const std::string opening = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const size_t size = i % 3 == 0 ? 0 : (i % 3 == 1 ? 7 : opening.size());
    if (size > 0) send(callers.back(), opening.data(), size, 0);
  }
  EXPECT_TRUE(Eventually([&] { return listener_->facts().accepted == 50; }));
  EXPECT_TRUE(Eventually([&] { return listener_->facts().open == 0; }))
      << listener_->facts().open << " are still held";
  EXPECT_GE(listener_->facts().preface_timeouts, 30);
  for (const int caller : callers) close(caller);
  EXPECT_TRUE(GetLevels(Dial()).ok());
}

TEST_F(ListenerTest, TurnsAwayCallersOverTheCapAndRecovers) {
  ListenerOptions options;
  options.connections_max = 5;
  StartListener(options);
  std::vector<int> callers;
  for (int i = 0; i < 12; ++i) callers.push_back(Connect());
  EXPECT_TRUE(Eventually([&] { return listener_->facts().over_limit == 7; }));
  EXPECT_EQ(listener_->facts().open, 5);
  for (const int caller : callers) close(caller);
  EXPECT_TRUE(Eventually([&] { return listener_->facts().open == 0; }));
  EXPECT_TRUE(GetLevels(Dial()).ok());
}

// CVE-2023-4785's kind: Debian's gRPC never accepts again after this.
TEST_F(ListenerTest, ServesAgainAfterRunningOutOfDescriptors) {
  StartListener();
  ASSERT_TRUE(GetLevels(Dial()).ok());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  // Callers are made first, since client and server share this process.
  std::vector<int> callers;
  for (int i = 0; i < 40; ++i) {
    callers.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_GE(callers.back(), 0);
  }
  const int highest = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(highest);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(highest + 8);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(listener_->port()));
  for (const int caller : callers) {
    EXPECT_EQ(
        connect(caller, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
        0);
  }
  EXPECT_TRUE(Eventually([&] {
    return listener_->facts().out_of_descriptors >= 10;
  })) << listener_->facts().out_of_descriptors;
  for (const int caller : callers) close(caller);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(GetLevels(Dial()).ok());
}

TEST_F(ListenerTest, ForgetsConnectionsThatEnd) {
  StartListener();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(GetLevels(Dial()).ok());
  EXPECT_TRUE(Eventually([&] { return listener_->facts().open == 0; }))
      << listener_->facts().open;
}

TEST_F(ListenerTest, ShutsAnOffenderFromBelow) {
  StartListener();
  auto channel = Dial();
  ASSERT_TRUE(GetLevels(channel).ok());
  const auto open = listener_->acceptor()->Connections();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].peer.rfind("127.0.0.1:", 0), 0u);
  EXPECT_TRUE(listener_->acceptor()->Shut(open[0].id));
  EXPECT_TRUE(Eventually([&] { return listener_->facts().open == 0; }));
  EXPECT_FALSE(listener_->acceptor()->Shut(open[0].id));
  // A call that was on its way may be lost with the connection.
  EXPECT_TRUE(Eventually([&] { return GetLevels(channel).ok(); }))
      << "the channel dials again";
}

TEST_F(ListenerTest, StopsAcceptingAndShutsDownInTime) {
  StartListener();
  auto stub = grpc::health::v1::Health::NewStub(Dial());
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  auto watch = stub->Watch(&context, request);
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  listener_->StopAccepting();
  EXPECT_TRUE(Eventually([&] {
    const int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(listener_->port()));
    const int result =
        connect(caller, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    close(caller);
    return result != 0;
  }));
  const absl::Duration begin = clock_.Monotonic();
  listener_->Shutdown(absl::Milliseconds(200));
  EXPECT_LT(clock_.Monotonic() - begin, absl::Seconds(5));
  while (watch->Read(&response)) {
  }
  EXPECT_FALSE(watch->Finish().ok());
}

}  // namespace
}  // namespace barnabas::rpc
