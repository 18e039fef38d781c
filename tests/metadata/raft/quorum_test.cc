#include "metadata/raft/quorum.h"

#include <gtest/gtest.h>

#include "tests/metadata/raft/fixtures.h"

namespace barnabas::raft {
namespace {

TEST(QuorumTest, VotesOfStrangersDoNotCount) {
  EXPECT_EQ(CountVotes(Voters(3), {Key(1), Key(9), Key(2, 8)}, {}),
            VoteOutcome::kPending);
  EXPECT_EQ(CountVotes(Voters(3), {Key(1), Key(2)}, {}), VoteOutcome::kWon);
}

TEST(QuorumTest, AnElectionIsLostWhenAMajorityIsOutOfReach) {
  EXPECT_EQ(CountVotes(Voters(3), {Key(1)}, {Key(2)}), VoteOutcome::kPending);
  EXPECT_EQ(CountVotes(Voters(3), {Key(1)}, {Key(2), Key(3)}),
            VoteOutcome::kLost);
  EXPECT_EQ(CountVotes(Voters(4), {Key(1), Key(2)}, {Key(3), Key(4)}),
            VoteOutcome::kLost);
}

TEST(QuorumTest, NobodyWinsWithoutVoters) {
  EXPECT_EQ(CountVotes(VoterSet(), {Key(1)}, {}), VoteOutcome::kLost);
  EXPECT_FALSE(
      MajorityHolds(VoterSet(), [](const ReplicaKey&) { return true; }));
}

TEST(QuorumTest, TheMajorityIndexIsReachedByMoreThanHalf) {
  const auto index_of = [](const ReplicaKey& key) {
    return LogIndex(10 * key.id.value());
  };
  EXPECT_EQ(MajorityIndex(Voters(1), index_of), LogIndex(10));
  EXPECT_EQ(MajorityIndex(Voters(2), index_of), LogIndex(10));
  EXPECT_EQ(MajorityIndex(Voters(3), index_of), LogIndex(20));
  EXPECT_EQ(MajorityIndex(Voters(4), index_of), LogIndex(20));
  EXPECT_EQ(MajorityIndex(Voters(5), index_of), LogIndex(30));
}

}  // namespace
}  // namespace barnabas::raft
