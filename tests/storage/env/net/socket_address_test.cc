// Hosts, ports and listening sockets.
#include "storage/env/net/socket_address.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

using ::barnabas::support::HasErrorCode;

TEST(SocketAddressTest, ResolvesNumbersAndNames) {
  ASSERT_OK_AND_ASSIGN(const SocketAddress v4,
                       Resolve("127.0.0.1", 9292, false));
  EXPECT_EQ(v4.ToString(), "127.0.0.1:9292");
  EXPECT_EQ(v4.port(), 9292);
  ASSERT_OK_AND_ASSIGN(const SocketAddress v6, Resolve("[::1]", 80, false));
  EXPECT_EQ(v6.ToString(), "[::1]:80");
  ASSERT_OK_AND_ASSIGN(const SocketAddress mapped,
                       Resolve("[::ffff:127.0.0.1]", 80, false));
  EXPECT_EQ(mapped.ToString(), "127.0.0.1:80") << "as gRPC names it too";
  ASSERT_OK_AND_ASSIGN(const SocketAddress name,
                       Resolve("localhost", 1, false));
  EXPECT_EQ(name.ToString(), "127.0.0.1:1") << "IPv4 comes first";
}

TEST(SocketAddressTest, RefusesUnknownHosts) {
  EXPECT_THAT(Resolve("no-such-host.invalid", 1, false),
              HasErrorCode(ErrorCode::kInvalidNodeFile));
}

TEST(SocketAddressTest, ListensAndTellsThePort) {
  ASSERT_OK_AND_ASSIGN(const int listening,
                       OpenListeningSocket("127.0.0.1", 0));
  const int32_t port = LocalAddress(listening).port();
  EXPECT_GT(port, 0);
  EXPECT_THAT(OpenListeningSocket("127.0.0.1", port),
              HasErrorCode(ErrorCode::kAddressInUse));
  close(listening);
  ASSERT_OK_AND_ASSIGN(const int again, OpenListeningSocket("127.0.0.1", port));
  close(again);
}

TEST(SocketAddressTest, ListensOnEveryInterfaceWithoutAHost) {
  ASSERT_OK_AND_ASSIGN(const int listening, OpenListeningSocket("", 0));
  EXPECT_GT(LocalAddress(listening).port(), 0);
  close(listening);
}

TEST(SocketAddressTest, HasNoAddressesForWhatIsNoSocket) {
  EXPECT_EQ(LocalAddress(-1).ToString(), "unknown");
  EXPECT_EQ(PeerAddress(-1).port(), 0);
}

}  // namespace
}  // namespace barnabas::env
