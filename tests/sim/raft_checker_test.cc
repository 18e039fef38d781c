#include "tests/sim/raft_checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/metadata/raft/node.h"

namespace barnabas::sim {
namespace {

using ::testing::StartsWith;

// A node whose log ends at entry 1, and an entry 2 that term 5 committed.
class RaftCheckerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    node_.Win(1);
    checker_.OnApply(raft::DataEntry(2, 3), LogIndex(2));
    checker_.OnCommit(LogIndex(2), Term(5));
  }
  void Lead(int32_t term) {
    checker_.OnLeader(raft::Key(1), Term(term), node_.core().replica(), disk_);
  }

  raft::Node node_{1, 3};
  RaftDisk disk_;
  RaftChecker checker_;
};

TEST_F(RaftCheckerTest, ALeaderHoldsWhatEarlierTermsCommitted) {
  Lead(6);
  EXPECT_THAT(checker_.broken(), StartsWith("R7"));
}

TEST_F(RaftCheckerTest, WhoWinsAnOlderTermLateOwesNothingOfANewerOne) {
  Lead(4);
  EXPECT_EQ(checker_.broken(), "");
}

TEST_F(RaftCheckerTest, ATermHasOneLeader) {
  Lead(4);
  checker_.OnLeader(raft::Key(2), Term(4), node_.core().replica(), disk_);
  EXPECT_THAT(checker_.broken(), StartsWith("R1"));
}

}  // namespace
}  // namespace barnabas::sim
