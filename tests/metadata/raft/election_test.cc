#include "metadata/raft/election.h"

#include <gtest/gtest.h>

#include <optional>

#include "proto/types/error.h"
#include "tests/metadata/raft/node.h"

namespace barnabas::raft {
namespace {

TEST(ElectionTest, APreVoteChangesNoTerm) {
  Node node(1, 3);
  node.TickUntilCampaign();
  EXPECT_EQ(node.role(), Role::kPreCandidate);
  EXPECT_EQ(node.term(), Term(0));
  const Effects effects = node.Take();
  EXPECT_FALSE(effects.NeedsPersisting());
  ASSERT_NE(Find<VoteRequest>(effects.now, 2), nullptr);
  EXPECT_TRUE(Find<VoteRequest>(effects.now, 2)->pre_vote);
}

TEST(ElectionTest, VotesAreAskedForOnlyWhenTheOwnVoteIsDurable) {
  Node node(1, 3);
  node.TickUntilCampaign();
  node.Take();
  node.Receive(2, 0, VoteReply{true, Term(0), true});
  const Effects effects = node.Take();
  EXPECT_EQ(effects.hard_state, (HardState{Term(1), Key(1)}));
  EXPECT_EQ(Find<VoteRequest>(effects.now, 2), nullptr);
  EXPECT_NE(Find<VoteRequest>(effects.after_durable, 2), nullptr);
}

TEST(ElectionTest, ARefusedPreCandidateFollowsAgain) {
  Node node(1, 3);
  node.TickUntilCampaign();
  node.Receive(2, 0, VoteReply{true, Term(0), false});
  EXPECT_EQ(node.role(), Role::kPreCandidate);
  node.Receive(3, 0, VoteReply{true, Term(0), false});
  EXPECT_EQ(node.role(), Role::kFollower);
}

TEST(ElectionTest, AnAnswerToAnOlderTermDoesNotCount) {
  Node node(1, 3, HardState{Term(4), std::nullopt});
  node.TickUntilCampaign();
  node.Receive(2, 4, VoteReply{true, Term(3), true});
  EXPECT_EQ(node.role(), Role::kPreCandidate);
}

TEST(ElectionTest, AVoteIsGivenOncePerTermAndSentWhenDurable) {
  Node node(1, 3);
  const EntryId last{Term(0), LogIndex(0)};
  node.Receive(2, 5, VoteRequest{false, false, last});
  const Effects first = node.Take();
  EXPECT_EQ(first.hard_state, (HardState{Term(5), Key(2)}));
  ASSERT_NE(Find<VoteReply>(first.after_durable, 2), nullptr);
  EXPECT_TRUE(Find<VoteReply>(first.after_durable, 2)->granted);
  node.Receive(3, 5, VoteRequest{false, false, last});
  const Effects second = node.Take();
  ASSERT_NE(Find<VoteReply>(second.after_durable, 3), nullptr);
  EXPECT_FALSE(Find<VoteReply>(second.after_durable, 3)->granted);
}

TEST(ElectionTest, AnOutdatedLogGetsNoVote) {
  Node node(1, 3);
  node.Receive(2, 5, VoteRequest{false, false, EntryId{}});
  const Effects effects = node.Take();
  ASSERT_NE(Find<VoteReply>(effects.after_durable, 2), nullptr);
  EXPECT_FALSE(Find<VoteReply>(effects.after_durable, 2)->granted);
}

TEST(ElectionTest, AFollowerThatHearsItsLeaderRefusesToUnseatIt) {
  Node node(1, 3);
  const EntryId last{Term(0), LogIndex(0)};
  node.Receive(2, 3, AppendRequest{last, {}, kNoIndex, 1});
  node.Persist();
  node.Receive(3, 9, VoteRequest{false, false, last});
  EXPECT_EQ(node.term(), Term(3));
  node.Receive(3, 3, VoteRequest{true, false, last});
  const Effects effects = node.Take();
  EXPECT_FALSE(Find<VoteReply>(effects.now, 3)->granted);
}

TEST(ElectionTest, EvidenceThatTheLeaderDiedCallsAnElectionSoon) {
  Node node(1, 3);
  node.Receive(2, 3,
               AppendRequest{EntryId{Term(0), LogIndex(0)}, {}, kNoIndex, 1});
  node.Persist();
  node.core().PeerLost(Key(2), /*gone=*/true);
  for (int i = 0; i < Options().evidence_ticks; ++i) node.core().Tick();
  EXPECT_EQ(node.role(), Role::kPreCandidate);
}

// The table of election.h: what may follow what.
TEST(ElectionTest, RolesMoveAsTheTableSays) {
  Node node(1, 3);
  EXPECT_EQ(node.role(), Role::kFollower);
  node.TickUntilCampaign();
  EXPECT_EQ(node.role(), Role::kPreCandidate);
  node.Receive(2, 0, VoteReply{true, Term(0), true});
  EXPECT_EQ(node.role(), Role::kCandidate);
  node.Persist();
  node.Receive(2, 1, VoteReply{false, Term(1), true});
  EXPECT_EQ(node.role(), Role::kLeader);
  node.Persist();
  node.Receive(3, 2, AppendRequest{EntryId{}, {}, kNoIndex, 1});
  EXPECT_EQ(node.role(), Role::kFollower);
  EXPECT_EQ(node.core().replica().leader, Key(3));
}

TEST(ElectionTest, ACandidateThatTimesOutAsksForPreVotesAgain) {
  Node node(1, 3);
  node.TickUntilCampaign();
  node.Receive(2, 0, VoteReply{true, Term(0), true});
  node.Persist();
  ASSERT_EQ(node.role(), Role::kCandidate);
  for (int i = 0; i < 2 * kElection; ++i) node.core().Tick();
  EXPECT_EQ(node.role(), Role::kPreCandidate);
  EXPECT_EQ(node.term(), Term(1));
}

// Two who began at once have split the votes; the third one is dead.
TEST(ElectionTest, AnUndecidedCampaignIsTriedAgainSoonThenLessSoon) {
  Node node(1, 3);
  node.TickUntilCampaign();
  int32_t waited = 0;
  node.Receive(2, 0, VoteReply{true, Term(0), true});
  ASSERT_EQ(node.role(), Role::kCandidate);
  while (node.role() == Role::kCandidate) {
    node.core().Tick();
    ++waited;
  }
  EXPECT_LE(waited, 2 * Options().evidence_ticks);
}

TEST(ElectionTest, RetriesSlowDownToTheElectionTimeout) {
  Node node(1, 3);
  node.TickUntilCampaign();
  // Nobody answers.
  for (int i = 0; i < 20 * kElection; ++i) node.core().Tick();
  const int32_t timeout = node.core().replica().ballot.timeout_ticks;
  EXPECT_GE(timeout, kElection);
  EXPECT_LE(timeout, 2 * kElection);
  // A leader that is heard makes the next campaign quick again.
  node.Receive(2, 3,
               AppendRequest{EntryId{Term(0), LogIndex(0)}, {}, kNoIndex, 1});
  EXPECT_EQ(node.core().replica().ballot.campaigns, 0);
}

TEST(ElectionTest, WhoMayNotCampaignForgetsALeaderThatFellSilent) {
  // Node 4 is no voter.
  Node node(4, 3);
  node.Receive(2, 3,
               AppendRequest{EntryId{Term(0), LogIndex(0)}, {}, kNoIndex, 1});
  ASSERT_EQ(node.core().replica().leader, Key(2));
  for (int i = 0; i < kElection; ++i) node.core().Tick();
  EXPECT_EQ(node.core().replica().leader, Key(2));
  for (int i = 0; i < 2 * kElection; ++i) node.core().Tick();
  EXPECT_EQ(node.core().replica().leader, std::nullopt);
  EXPECT_EQ(node.role(), Role::kFollower);
}

TEST(ElectionTest, ACampaignSaysWhatItWasCalledFor) {
  Node silent(1, 3);
  silent.TickUntilCampaign();
  EXPECT_EQ(silent.Take().role->cause, CampaignCause::kTimeout);
  Node gone(1, 3);
  gone.Receive(2, 3,
               AppendRequest{EntryId{Term(0), LogIndex(0)}, {}, kNoIndex, 1});
  gone.Persist();
  gone.core().PeerLost(Key(2), /*gone=*/true);
  for (int i = 0; i < Options().evidence_ticks; ++i) gone.core().Tick();
  EXPECT_EQ(gone.Take().role->cause, CampaignCause::kLeaderGone);
}

}  // namespace
}  // namespace barnabas::raft
