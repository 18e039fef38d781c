#include "metadata/command/draw.h"

#include <gtest/gtest.h>

#include <set>

namespace barnabas::command {
namespace {

TEST(Draw, TheSameSeedGivesTheSameNumbersEverywhere) {
  Draw draw(1);
  EXPECT_EQ(draw.Next(), 0x910a2dec89025cc1u);
  EXPECT_EQ(draw.Next(), 0xbeeb8da1658eec67u);
}

TEST(Draw, NeighbouringSeedsGiveDifferentNumbers) {
  std::set<uint64_t> numbers;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    numbers.insert(Draw(seed).Next());
  }
  EXPECT_EQ(numbers.size(), 1000u);
}

}  // namespace
}  // namespace barnabas::command
