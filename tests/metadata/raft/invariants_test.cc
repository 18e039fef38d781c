#include "metadata/raft/invariants.h"

#include <gtest/gtest.h>

#include "tests/metadata/raft/fixtures.h"

namespace barnabas::raft {
namespace {

class InvariantsTest : public testing::Test {
 protected:
  InvariantsTest() : replica_(Options(), Key(1), HardState(), &log_) {}

  bool Names(const std::vector<std::string>& broken, const std::string& name) {
    for (const std::string& text : broken) {
      if (text.rfind(name + ":", 0) == 0) return true;
    }
    return false;
  }

  MemoryLog log_;
  Replica replica_;
};

TEST_F(InvariantsTest, AJoinerBreaksNothing) {
  EXPECT_TRUE(BrokenIn(replica_).empty());
  EXPECT_TRUE(BrokenBetween(Remember(replica_), replica_).empty());
}

TEST_F(InvariantsTest, ACommitBeyondTheEndIsR10) {
  replica_.commit = LogIndex(5);
  EXPECT_TRUE(Names(BrokenIn(replica_), "R10"));
}

TEST_F(InvariantsTest, ATermThatFallsIsR4) {
  replica_.hard.term = Term(5);
  const Before before = Remember(replica_);
  replica_.hard.term = Term(4);
  EXPECT_TRUE(Names(BrokenBetween(before, replica_), "R4"));
}

TEST_F(InvariantsTest, AChangedVoteIsR2) {
  replica_.hard = HardState{Term(5), Key(2)};
  const Before before = Remember(replica_);
  replica_.hard.vote = Key(3);
  EXPECT_TRUE(Names(BrokenBetween(before, replica_), "R2"));
}

TEST_F(InvariantsTest, ALeaderWithoutItsOwnVoteIsR1) {
  replica_.role = Role::kLeader;
  replica_.leader = Key(1);
  EXPECT_TRUE(Names(BrokenIn(replica_), "R1"));
}

}  // namespace
}  // namespace barnabas::raft
