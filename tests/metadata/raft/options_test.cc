#include "metadata/raft/options.h"

#include <gtest/gtest.h>

namespace barnabas::raft {
namespace {

TEST(OptionsTest, TheDefaultsAreValid) {
  EXPECT_TRUE(Validate(Options()).ok());
}

TEST(OptionsTest, AnElectionTimeoutOutlastsLostHeartbeats) {
  Options options;
  options.election_ticks = 2 * options.heartbeat_ticks;
  EXPECT_FALSE(Validate(options).ok());
}

TEST(OptionsTest, EveryBoundIsPositive) {
  Options options;
  options.in_flight_max = 0;
  EXPECT_FALSE(Validate(options).ok());
  options = Options();
  options.uncommitted_bytes_max = 0;
  EXPECT_FALSE(Validate(options).ok());
}

}  // namespace
}  // namespace barnabas::raft
