#include "metadata/config/nearest.h"

#include <gtest/gtest.h>

#include <string>

namespace barnabas::config {
namespace {

TEST(Nearest, FindsWhatAPersonProbablyMeant) {
  const std::vector<std::string> names = {"retention.ms", "retention.bytes",
                                          "segment.ms"};
  EXPECT_EQ(NearestName("retention.mss", names), "retention.ms");
  EXPECT_EQ(NearestName("Retention.MS", names), "retention.ms");
  EXPECT_EQ(NearestName("retnetion.byte", names), "retention.bytes");
  EXPECT_EQ(NearestName("segmnt.ms", names), "segment.ms");
}

TEST(Nearest, FindsNothingInWhatIsFarAway) {
  EXPECT_EQ(NearestName("zzz", {"flush", "segment.ms"}), "");
  EXPECT_EQ(NearestName("", {"flush"}), "");
  EXPECT_EQ(NearestName("flush", {}), "");
  EXPECT_EQ(NearestName(std::string(1000 * 1000, 'a'), {"a"}), "");
}

TEST(Nearest, SwappedNeighboursAreOneError) {
  EXPECT_EQ(NearestName("idr", {"dir", "idle"}), "dir");
}

}  // namespace
}  // namespace barnabas::config
