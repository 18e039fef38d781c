// Is anybody listening there?
#include "storage/env/net/connect_probe.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "storage/env/net/socket_address.h"
#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

TEST(ConnectProbeTest, TellsAListenerFromNobody) {
  ASSERT_OK_AND_ASSIGN(const int listening,
                       OpenListeningSocket("127.0.0.1", 0));
  const int32_t port = LocalAddress(listening).port();
  EXPECT_EQ(ProbeConnect("127.0.0.1", port, kPatience),
            ProbeOutcome::kAccepted);
  close(listening);
  // Many times, since a free port of the ephemeral range may be connected to
  // itself.
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(ProbeConnect("127.0.0.1", port, kPatience),
              ProbeOutcome::kRefused);
  }
}

TEST(ConnectProbeTest, DoesNotKnowOfUnknownHosts) {
  EXPECT_EQ(ProbeConnect("no-such-host.invalid", 1, kPatience),
            ProbeOutcome::kUnknown);
}

}  // namespace
}  // namespace barnabas::env
