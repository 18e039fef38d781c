#include "metadata/config/address.h"

#include <gtest/gtest.h>

#include <string>

namespace barnabas::config {
namespace {

TEST(Address, HostAndPortAreReadAndWrittenBack) {
  for (const char* text :
       {"localhost:9292", "127.0.0.1:0", "b100.example.org:65535", "[::1]:9293",
        "[fe80::1]:1"}) {
    const auto parsed = ParseHostPort(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->ToString(), text);
  }
}

TEST(Address, AnythingElseIsRefused) {
  for (const char* text :
       {"", ":", "localhost", ":9292", "localhost:", "localhost:65536",
        "localhost:-1", "localhost:92x", "::1:9292", "a b:1", "[]:1", "[zz]:1",
        "http://a:1", "a:000001"}) {
    EXPECT_EQ(ParseHostPort(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseHostPort(std::string(300, 'a') + ":1"), std::nullopt);
}

TEST(Address, LoopbackIsThisMachineOnly) {
  for (const char* text :
       {"localhost:1", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1"}) {
    EXPECT_TRUE(ParseHostPort(text)->IsLoopback()) << text;
  }
  for (const char* text :
       {"0.0.0.0:1", "10.0.0.1:1", "127.evil.org:1", "[::]:1", "host:1"}) {
    EXPECT_FALSE(ParseHostPort(text)->IsLoopback()) << text;
  }
  EXPECT_TRUE(ParseHostPort("0.0.0.0:1")->IsWildcard());
  EXPECT_TRUE(ParseHostPort("[::]:1")->IsWildcard());
}

TEST(Address, ControllersHaveIdsAndPortsToDial) {
  const auto parsed = ParseControllerAddress("2@c2.example.org:9293");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->id, NodeId(2));
  EXPECT_EQ(parsed->address, (HostPort{"c2.example.org", 9293}));
  for (const char* text : {"c1:9293", "0@c1:9293", "-1@c1:9293", "1@c1",
                           "1@c1:0", "x@c1:1", "99999999999@c1:1"}) {
    EXPECT_EQ(ParseControllerAddress(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace barnabas::config
