// Faults that can be left out one by one.
#include "tests/sim/decisions.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace barnabas::sim {
namespace {

std::vector<int64_t> Draws(Decisions* decisions, int steps) {
  std::vector<int64_t> draws;
  for (int step = 0; step < steps; ++step) {
    decisions->BeginStep(absl::Milliseconds(step));
    draws.push_back(decisions->Draw(0, 1'000'000));
  }
  return draws;
}

TEST(DecisionsTest, AStepsDrawsDependOnItsNumberAlone) {
  Decisions once(7);
  Decisions again(7);
  once.BeginStep(absl::ZeroDuration());
  for (int i = 0; i < 50; ++i) once.Draw(0, 10);
  again.BeginStep(absl::ZeroDuration());
  EXPECT_EQ(Draws(&once, 5), Draws(&again, 5));
}

TEST(DecisionsTest, AnotherSeedDrawsAnother) {
  Decisions one(7);
  Decisions other(8);
  EXPECT_NE(Draws(&one, 5), Draws(&other, 5));
}

TEST(DecisionsTest, WhatIsLeftOutLeavesTheOthersTheirIds) {
  Decisions all(7);
  all.BeginStep(absl::Seconds(1));
  EXPECT_TRUE(all.Take("crash", 1));
  EXPECT_TRUE(all.Take("cut", 1, 2));
  ASSERT_EQ(all.taken().size(), 2u);
  SimOptions options(7);
  options.only = {all.taken()[1].id};
  Decisions some(options);
  some.BeginStep(absl::Seconds(1));
  EXPECT_FALSE(some.Take("crash", 1));
  EXPECT_TRUE(some.Take("cut", 1, 2));
  EXPECT_EQ(some.taken()[0].Text(), all.taken()[1].Text());
  EXPECT_EQ(some.taken()[0].Text(), "     1.000 s  cut 1 2");
}

TEST(DecisionsTest, ChancesAreWhatTheySay) {
  Decisions decisions(3);
  decisions.BeginStep(absl::ZeroDuration());
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) hits += decisions.Chance(0.25) ? 1 : 0;
  EXPECT_NEAR(hits, 2500, 200);
  EXPECT_FALSE(decisions.Chance(0));
  EXPECT_TRUE(decisions.Chance(1));
}

}  // namespace
}  // namespace barnabas::sim
