#include "tools/cli/output/units.h"

#include "gtest/gtest.h"

namespace barnabas::cli {
namespace {

TEST(Units, ShowsBytes) {
  EXPECT_EQ(ByteText(0), "0B");
  EXPECT_EQ(ByteText(1023), "1023B");
  EXPECT_EQ(ByteText(1536), "1.5KiB");
  EXPECT_EQ(ByteText(64 << 20), "64MiB");
  EXPECT_EQ(ByteText(int64_t{3} << 40), "3TiB");
}

TEST(Units, ShowsTimesAndCounts) {
  EXPECT_EQ(AgeText(absl::Milliseconds(350)), "350ms");
  EXPECT_EQ(AgeText(absl::Seconds(61)), "1m");
  EXPECT_EQ(AgeText(absl::Hours(72)), "3d");
  EXPECT_EQ(RetentionText(-1), "forever");
  EXPECT_EQ(RetentionText(604800000), "7d");
  EXPECT_EQ(RetentionText(1500), "1500ms");
  EXPECT_EQ(CountText(1234567), "1,234,567");
  EXPECT_EQ(CountText(-123), "-123");
  EXPECT_EQ(TimeText(1714564800123), "2024-05-01T12:00:00.123Z");
}

}  // namespace
}  // namespace barnabas::cli
