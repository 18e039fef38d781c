#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/sim/raft_cluster.h"
#include "tests/sim/shrinker.h"

namespace barnabas::sim {
namespace {

constexpr uint64_t kSeeds = 300;
constexpr int64_t kEvents = 4000;

TEST(RaftSimulationTest, InvariantsHoldAndProgressIsMadeForEverySeed) {
  int64_t commits = 0;
  int64_t events = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RaftOutcome outcome = RaftCluster(seed).Run(kEvents);
    commits += outcome.commits;
    events += outcome.events;
    ASSERT_EQ(outcome.broken, "")
        << ReportOf(seed, [](const SimOptions& options) {
             return RaftCluster(options).Run(kEvents);
           });
  }
  // A simulation in which nothing happens proves nothing.
  EXPECT_GT(commits, static_cast<int64_t>(kSeeds) * 20);
  RecordProperty("commits", std::to_string(commits));
  RecordProperty("events", std::to_string(events));
}

TEST(RaftSimulationTest, TheSameSeedGivesTheSameRun) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const RaftOutcome first = RaftCluster(seed).Run(kEvents);
    const RaftOutcome second = RaftCluster(seed).Run(kEvents);
    EXPECT_EQ(first.fingerprint, second.fingerprint) << "seed " << seed;
    EXPECT_EQ(first.events, second.events) << "seed " << seed;
  }
}

}  // namespace
}  // namespace barnabas::sim
