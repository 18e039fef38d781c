// Whole controllers from seeds: safety under faults, then progress.
#include <glog/logging.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/sim/controller_cluster.h"
#include "tests/sim/shrinker.h"

namespace barnabas::sim {
namespace {

// What thousands of lives log would cost more than living them.
class Quiet final : public testing::Environment {
  void SetUp() override { FLAGS_minloglevel = google::GLOG_FATAL; }
};
const testing::Environment* const kQuiet =
    testing::AddGlobalTestEnvironment(new Quiet);

constexpr uint64_t kSeeds = 30;
constexpr int64_t kEvents = 8000;

TEST(ControllerSimulationTest, InvariantsHoldAndProgressIsMadeForEverySeed) {
  int64_t commits = 0;
  int64_t made = 0;
  int64_t terms = 0;
  int64_t moves = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const ControllerOutcome outcome = ControllerCluster(seed).Run(kEvents);
    commits += outcome.commits;
    made += outcome.made;
    terms += outcome.terms;
    moves += outcome.moves;
    ASSERT_EQ(outcome.broken, "")
        << ReportOf(seed, [](const SimOptions& options) {
             return ControllerCluster(options).Run(kEvents);
           });
  }
  // A simulation in which nothing happens proves nothing.
  EXPECT_GT(commits, static_cast<int64_t>(kSeeds) * 50);
  EXPECT_GT(made, static_cast<int64_t>(kSeeds) * 10);
  EXPECT_GT(terms, static_cast<int64_t>(kSeeds) * 2);
  EXPECT_GT(moves, static_cast<int64_t>(kSeeds));
}

TEST(ControllerSimulationTest, TheSameSeedGivesTheSameRun) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const ControllerOutcome first = ControllerCluster(seed).Run(kEvents);
    const ControllerOutcome second = ControllerCluster(seed).Run(kEvents);
    EXPECT_EQ(first.fingerprint, second.fingerprint) << "seed " << seed;
    EXPECT_EQ(first.events, second.events) << "seed " << seed;
  }
}

}  // namespace
}  // namespace barnabas::sim
