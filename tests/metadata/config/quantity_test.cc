#include "metadata/config/quantity.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace barnabas::config {
namespace {

TEST(Quantity, DurationsBecomeMilliseconds) {
  EXPECT_EQ(ParseMilliseconds("250"), 250);
  EXPECT_EQ(ParseMilliseconds("-1"), -1);
  EXPECT_EQ(ParseMilliseconds("250ms"), 250);
  EXPECT_EQ(ParseMilliseconds("30s"), 30'000);
  EXPECT_EQ(ParseMilliseconds("5m"), 300'000);
  EXPECT_EQ(ParseMilliseconds("2h"), 7'200'000);
  EXPECT_EQ(ParseMilliseconds("7d"), 604'800'000);
}

TEST(Quantity, SizesBecomeBytes) {
  EXPECT_EQ(ParseBytes("512"), 512);
  EXPECT_EQ(ParseBytes("1KiB"), 1024);
  EXPECT_EQ(ParseBytes("64MiB"), 64 * 1024 * 1024);
  EXPECT_EQ(ParseBytes("1GB"), 1'000'000'000);
  EXPECT_EQ(ParseBytes("1TiB"), int64_t{1} << 40);
}

TEST(Quantity, AnythingElseIsRefused) {
  for (const char* text :
       {"", "s", "30 s", "30S", "1.5s", "thirty", "30ss", "30MiB", "- 1",
        "9223372036854775807s", "99999999999999999999"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(ParseMilliseconds(text), std::nullopt);
  }
  EXPECT_EQ(ParseBytes("64mib"), std::nullopt);
  EXPECT_EQ(ParseBytes("30s"), std::nullopt);
  EXPECT_EQ(ParseInteger("12x"), std::nullopt);
  EXPECT_EQ(ParseInteger("+1"), std::nullopt);
}

TEST(Quantity, TheLargestNumberFits) {
  EXPECT_EQ(ParseMilliseconds("9223372036854775807"),
            std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace barnabas::config
