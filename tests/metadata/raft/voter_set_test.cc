#include "metadata/raft/voter_set.h"

#include <gtest/gtest.h>

#include "tests/metadata/raft/fixtures.h"

namespace barnabas::raft {
namespace {

TEST(VoterSetTest, MajorityIsMoreThanHalf) {
  EXPECT_EQ(Voters(1).Majority(), 1u);
  EXPECT_EQ(Voters(2).Majority(), 2u);
  EXPECT_EQ(Voters(3).Majority(), 2u);
  EXPECT_EQ(Voters(5).Majority(), 3u);
}

TEST(VoterSetTest, AnotherDirectoryOfTheSameNodeIsAnotherVoter) {
  const VoterSet voters = Voters(3);
  EXPECT_TRUE(voters.Contains(Key(2)));
  EXPECT_FALSE(voters.Contains(Key(2, /*directory=*/8)));
}

TEST(VoterSetTest, OneNodeIdIsOneVoter) {
  Voter twin = VoterOf(2);
  twin.key = Key(2, /*directory=*/8);
  EXPECT_FALSE(Voters(3).With(twin).has_value());
}

TEST(VoterSetTest, WithAndWithoutChangeOneVoter) {
  const VoterSet four = Voters(3).With(VoterOf(4)).value();
  EXPECT_EQ(four, Voters(4));
  EXPECT_EQ(four.Without(Key(4)).value(), Voters(3));
  EXPECT_FALSE(four.Without(Key(4, /*directory=*/8)).has_value());
}

TEST(VoterSetTest, TheLastVoterStays) {
  EXPECT_FALSE(Voters(1).Without(Key(1)).has_value());
}

TEST(VoterSetTest, ThereIsABound) {
  EXPECT_FALSE(Voters(kVotersMax).With(VoterOf(kVotersMax + 1)).has_value());
}

}  // namespace
}  // namespace barnabas::raft
