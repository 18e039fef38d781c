#include "storage/env/random.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

namespace barnabas::env {
namespace {

TEST(RandomTest, SeedsDifferInEveryBit) {
  std::set<uint64_t> seeds;
  uint64_t ones = 0;
  uint64_t zeros = 0;
  for (int i = 0; i < 200; ++i) {
    const uint64_t seed = RandomSeed();
    seeds.insert(seed);
    ones |= seed;
    zeros |= ~seed;
  }
  EXPECT_EQ(seeds.size(), 200u);
  EXPECT_EQ(ones, ~uint64_t{0});
  EXPECT_EQ(zeros, ~uint64_t{0});
}

}  // namespace
}  // namespace barnabas::env
