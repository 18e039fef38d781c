// Who holds a port.
#include "storage/env/net/port_holder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "storage/env/net/socket_address.h"
#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

TEST(PortHolderTest, NamesTheProcessThatListens) {
  for (const char* host : {"127.0.0.1", "[::1]"}) {
    ASSERT_OK_AND_ASSIGN(const int listening, OpenListeningSocket(host, 0));
    const std::string holder = PortHolder(LocalAddress(listening).port());
    EXPECT_EQ(holder,
              "port_holder_test (process " + std::to_string(getpid()) + ")");
    close(listening);
  }
}

TEST(PortHolderTest, SaysNothingOfAFreePort) {
  ASSERT_OK_AND_ASSIGN(const int listening,
                       OpenListeningSocket("127.0.0.1", 0));
  const int32_t port = LocalAddress(listening).port();
  close(listening);
  EXPECT_EQ(PortHolder(port), "");
}

}  // namespace
}  // namespace barnabas::env
