#include "metadata/raft/core.h"

#include <gtest/gtest.h>

#include <optional>

#include "proto/types/error.h"
#include "tests/metadata/raft/node.h"

namespace barnabas::raft {
namespace {

TEST(CoreTest, ASoleVoterLeadsAndCommitsOnlyWhatIsDurable) {
  Node node(1, 1);
  node.core().Tick();
  node.core().Tick();
  EXPECT_EQ(node.role(), Role::kCandidate);
  node.Persist();
  EXPECT_EQ(node.role(), Role::kLeader);
  EXPECT_EQ(node.commit(), LogIndex(0));
  node.Persist();
  EXPECT_EQ(node.commit(), LogIndex(1));
  ASSERT_TRUE(node.core().Propose({"a", "b"}).ok());
  node.Take();
  EXPECT_EQ(node.commit(), LogIndex(1));
  node.Persist();
  EXPECT_EQ(node.commit(), LogIndex(3));
}

TEST(CoreTest, ALeaderNobodyHearsStepsDownAndFailsItsReads) {
  Node node(1, 3);
  node.Win(1);
  node.Take();
  ASSERT_TRUE(node.core().Read(77).ok());
  for (int i = 0; i < 2 * kElection; ++i) node.core().Tick();
  EXPECT_NE(node.role(), Role::kLeader);
  const Effects effects = node.Take();
  ASSERT_EQ(effects.reads.size(), 1u);
  EXPECT_FALSE(effects.reads[0].confirmed);
  EXPECT_EQ(CodeOf(node.core().Propose({"x"}).status()),
            ErrorCode::kNotController);
}

TEST(CoreTest, OneChangeOfVotersAtATime) {
  Node node(1, 3);
  node.Win(1);
  EXPECT_FALSE(node.core().RemoveVoter(Key(3)).ok()) << "nothing committed yet";
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  ASSERT_TRUE(node.core().RemoveVoter(Key(3)).ok());
  EXPECT_FALSE(node.core().RemoveVoter(Key(2)).ok());
  EXPECT_EQ(node.core().replica().membership.current(), Voters(2));
}

TEST(CoreTest, AStrangerBecomesAVoterOnlyWhenItHasCaughtUp) {
  Node node(1, 3);
  node.Win(1);
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  EXPECT_FALSE(node.core().AddVoter(VoterOf(4)).ok());
  ASSERT_TRUE(node.core().AddLearner(Key(4)).ok());
  node.Receive(4, 1, AppendReply{true, LogIndex(1), {}, 1});
  EXPECT_TRUE(node.core().AddVoter(VoterOf(4)).ok());
}

TEST(CoreTest, MessagesForAnotherDirectoryAreDropped) {
  Node node(1, 3);
  node.core().Step(
      Message{Key(2), Key(1, /*directory=*/8), Term(9), AppendRequest{}});
  EXPECT_EQ(node.term(), Term(0));
  EXPECT_EQ(node.Take().facts.size(), 1u);
}

TEST(CoreTest, TooMuchUncommittedIsRefused) {
  Node node(1, 3);
  node.Win(1);
  const std::string large(Options().uncommitted_bytes_max / 2 + 1, 'x');
  ASSERT_TRUE(node.core().Propose({large}).ok());
  EXPECT_EQ(CodeOf(node.core().Propose({large}).status()),
            ErrorCode::kOverloaded);
}

}  // namespace
}  // namespace barnabas::raft
