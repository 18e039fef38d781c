// Probes and metrics over plain HTTP, and callers who mean no good.
#include "storage/env/http_server.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/env/system_clock.h"
#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

using ::barnabas::support::HasErrorCode;

int OpenDescriptors() {
  int count = 0;
  DIR* directory = opendir("/proc/self/fd");
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

class HttpServerTest : public ::testing::Test {
 protected:
  void StartServer(HttpServer::Options options = {}) {
    options.host = "127.0.0.1";
    NodeProbes probes;
    probes.live = [] { return std::string(); };
    probes.ready = [this] { return std::string(ready_ ? "" : "recovering"); };
    probes.started = [] { return std::string(); };
    probes.metrics = [] { return std::string("barnabas_up 1\n"); };
    options.routes = ProbeRoutes(probes);
    auto started = HttpServer::Start(options);
    ASSERT_OK(started);
    server_ = *std::move(started);
  }

  int Connect() {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(server_->port()));
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address),
                      sizeof(address)),
              0);
    return descriptor;
  }

  static std::string ReadToEnd(int descriptor, int timeout_ms = 10000) {
    std::string text;
    while (true) {
      pollfd waiting{descriptor, POLLIN, 0};
      if (poll(&waiting, 1, timeout_ms) <= 0) return text + "TIMEOUT";
      char buffer[4096];
      const ssize_t got = recv(descriptor, buffer, sizeof(buffer), 0);
      if (got <= 0) return text;
      text.append(buffer, static_cast<size_t>(got));
    }
  }

  std::string Ask(const std::string& request) {
    const int caller = Connect();
    EXPECT_EQ(send(caller, request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    const std::string answer = ReadToEnd(caller);
    close(caller);
    return answer;
  }

  std::string Get(const std::string& path) {
    return Ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  std::atomic<bool> ready_ = true;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersProbesAndMetrics) {
  StartServer();
  EXPECT_EQ(Get("/livez").rfind("HTTP/1.1 200", 0), 0u);
  EXPECT_EQ(Get("/startupz").rfind("HTTP/1.1 200", 0), 0u);
  const std::string metrics = Get("/metrics");
  EXPECT_NE(metrics.find("barnabas_up 1\n"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("version=0.0.4"), std::string::npos) << metrics;
}

TEST_F(HttpServerTest, SaysWhyItIsNotReady) {
  StartServer();
  ready_ = false;
  const std::string answer = Get("/readyz");
  EXPECT_EQ(answer.rfind("HTTP/1.1 503", 0), 0u) << answer;
  EXPECT_NE(answer.find("recovering"), std::string::npos) << answer;
  ready_ = true;
  EXPECT_EQ(Get("/readyz").rfind("HTTP/1.1 200", 0), 0u);
}

TEST_F(HttpServerTest, ClosesAfterOneRequest) {
  StartServer();
  const std::string answer = Get("/livez");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("TIMEOUT"), std::string::npos);
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  StartServer();
  const std::string answer = Ask("HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(answer.rfind("HTTP/1.1 200", 0), 0u) << answer;
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), "");
}

TEST_F(HttpServerTest, RefusesUnknownPathsAndMethods) {
  StartServer();
  const std::string missing = Get("/secret?x=1");
  EXPECT_EQ(missing.rfind("HTTP/1.1 404", 0), 0u) << missing;
  EXPECT_NE(missing.find("/metrics"), std::string::npos) << missing;
  for (const std::string method : {"POST", "PUT", "DELETE", "BREW"}) {
    const std::string answer = Ask(method +
                                   " /livez HTTP/1.1\r\nHost: x\r\n"
                                   "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(answer.find("HTTP/1.1 200"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("TIMEOUT"), std::string::npos) << method;
  }
}

TEST_F(HttpServerTest, BoundsHeadersAndBodies) {
  StartServer();
  const std::string header = Ask(
      "GET /livez HTTP/1.1\r\nHost: " + std::string(20000, 'h') + "\r\n\r\n");
  EXPECT_EQ(header.find("HTTP/1.1 200"), std::string::npos);
  EXPECT_EQ(header.find("TIMEOUT"), std::string::npos);
  const std::string body =
      Ask("GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_EQ(body.rfind("HTTP/1.1 413", 0), 0u) << body;
  EXPECT_EQ(Get("/livez").rfind("HTTP/1.1 200", 0), 0u);
}

TEST_F(HttpServerTest, ShutsIdleCallers) {
  HttpServer::Options options;
  options.idle_timeout = absl::Milliseconds(200);
  StartServer(options);
  const int caller = Connect();
  EXPECT_EQ(ReadToEnd(caller).find("TIMEOUT"), std::string::npos);
  close(caller);
}

TEST_F(HttpServerTest, ShutsCallersWhoDripForEver) {
  HttpServer::Options options;
  options.connection_age_max = absl::Milliseconds(600);
  StartServer(options);
  const int caller = Connect();
  bool shut = false;
  for (int i = 0; i < 200 && !shut; ++i) {
    if (send(caller, "G", 1, MSG_NOSIGNAL) < 0) break;
    pollfd waiting{caller, POLLIN, 0};
    if (poll(&waiting, 1, 50) > 0) {
      char byte = 0;
      shut = recv(caller, &byte, 1, 0) <= 0;
    }
  }
  EXPECT_TRUE(shut);
  close(caller);
}

TEST_F(HttpServerTest, TakesNoMoreThanItsCapAndRecovers) {
  HttpServer::Options options;
  options.connections_max = 4;
  options.idle_timeout = absl::Milliseconds(700);
  StartServer(options);
  const int before = OpenDescriptors();
  std::vector<int> callers;
  for (int i = 0; i < 20; ++i) callers.push_back(Connect());
  poll(nullptr, 0, 300);
  EXPECT_LE(OpenDescriptors(), before + 20 + 6);
  EXPECT_EQ(Get("/livez").rfind("HTTP/1.1 200", 0), 0u)
      << "those over the cap wait until the idle ones are shut";
  for (const int caller : callers) close(caller);
}

TEST_F(HttpServerTest, LeaksNoDescriptors) {
  StartServer();
  Get("/livez");
  poll(nullptr, 0, 500);
  const int before = OpenDescriptors();
  for (int i = 0; i < 50; ++i) Get("/metrics");
  poll(nullptr, 0, 500);
  EXPECT_LE(OpenDescriptors(), before + 1);
}

TEST_F(HttpServerTest, NamesATakenPort) {
  StartServer();
  HttpServer::Options options;
  options.host = "127.0.0.1";
  options.port = server_->port();
  EXPECT_THAT(HttpServer::Start(options),
              HasErrorCode(ErrorCode::kAddressInUse));
}

}  // namespace
}  // namespace barnabas::env
