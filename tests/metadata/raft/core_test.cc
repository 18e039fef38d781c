#include "metadata/raft/core.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "metadata/raft/invariants.h"
#include "proto/types/error.h"
#include "tests/metadata/raft/fixtures.h"

namespace barnabas::raft {
namespace {

constexpr int kElection = 50;

// One core with a disk that writes at once but reports only when told to.
class Node {
 public:
  explicit Node(int32_t id, int32_t voters, HardState hard = {}) {
    Entry bootstrap = DataEntry(0, 0);
    bootstrap.kind = EntryKind::kBootstrap;
    bootstrap.voters = std::make_shared<const VoterSet>(Voters(voters));
    log_.Write({bootstrap});
    Found found;
    found.hard = hard;
    found.log = &log_;
    found.voter_entries = {bootstrap};
    core_.emplace(Options(), Key(id), found);
  }

  Effects Take() {
    Effects effects = core_->TakeEffects();
    log_.Write(effects.entries);
    if (effects.NeedsPersisting()) last_id_ = effects.persist_id;
    EXPECT_TRUE(BrokenIn(core_->replica()).empty());
    return effects;
  }
  // Everything written is on disk now.
  Effects Persist() {
    Take();
    core_->Persisted(last_id_);
    return Take();
  }
  void TickUntilCampaign() {
    for (int i = 0; i < 2 * kElection + 1 && role() == Role::kFollower; ++i) {
      core_->Tick();
    }
  }
  void Receive(int32_t from, int32_t term, decltype(Message::body) body) {
    core_->Step(
        Message{Key(from), core_->replica().self, Term(term), std::move(body)});
  }
  // Wins an election among three: pre-vote, vote, first entry durable.
  void Win(int32_t term) {
    TickUntilCampaign();
    Receive(2, term - 1, VoteReply{true, Term(term - 1), true});
    Persist();
    Receive(2, term, VoteReply{false, Term(term), true});
    Persist();
  }

  Core& core() { return *core_; }
  Role role() const { return core_->replica().role; }
  Term term() const { return core_->replica().hard.term; }
  LogIndex commit() const { return core_->replica().commit; }

 private:
  MemoryLog log_;
  std::optional<Core> core_;
  uint64_t last_id_ = 0;
};

template <typename Body>
const Body* Find(const std::vector<Message>& messages, int32_t to) {
  for (const Message& message : messages) {
    const Body* body = std::get_if<Body>(&message.body);
    if (body != nullptr && message.to == Key(to)) return body;
  }
  return nullptr;
}

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

TEST(CoreTest, APreVoteChangesNoTerm) {
  Node node(1, 3);
  node.TickUntilCampaign();
  EXPECT_EQ(node.role(), Role::kPreCandidate);
  EXPECT_EQ(node.term(), Term(0));
  const Effects effects = node.Take();
  EXPECT_FALSE(effects.NeedsPersisting());
  ASSERT_NE(Find<VoteRequest>(effects.now, 2), nullptr);
  EXPECT_TRUE(Find<VoteRequest>(effects.now, 2)->pre_vote);
}

TEST(CoreTest, VotesAreAskedForOnlyWhenTheOwnVoteIsDurable) {
  Node node(1, 3);
  node.TickUntilCampaign();
  node.Take();
  node.Receive(2, 0, VoteReply{true, Term(0), true});
  const Effects effects = node.Take();
  EXPECT_EQ(effects.hard_state, (HardState{Term(1), Key(1)}));
  EXPECT_EQ(Find<VoteRequest>(effects.now, 2), nullptr);
  EXPECT_NE(Find<VoteRequest>(effects.after_durable, 2), nullptr);
}

TEST(CoreTest, ARefusedPreCandidateFollowsAgain) {
  Node node(1, 3);
  node.TickUntilCampaign();
  node.Receive(2, 0, VoteReply{true, Term(0), false});
  EXPECT_EQ(node.role(), Role::kPreCandidate);
  node.Receive(3, 0, VoteReply{true, Term(0), false});
  EXPECT_EQ(node.role(), Role::kFollower);
}

TEST(CoreTest, AnAnswerToAnOlderTermDoesNotCount) {
  Node node(1, 3, HardState{Term(4), std::nullopt});
  node.TickUntilCampaign();
  node.Receive(2, 4, VoteReply{true, Term(3), true});
  EXPECT_EQ(node.role(), Role::kPreCandidate);
}

TEST(CoreTest, AVoteIsGivenOncePerTermAndSentWhenDurable) {
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

TEST(CoreTest, AnOutdatedLogGetsNoVote) {
  Node node(1, 3);
  node.Receive(2, 5, VoteRequest{false, false, EntryId{}});
  const Effects effects = node.Take();
  ASSERT_NE(Find<VoteReply>(effects.after_durable, 2), nullptr);
  EXPECT_FALSE(Find<VoteReply>(effects.after_durable, 2)->granted);
}

TEST(CoreTest, AFollowerThatHearsItsLeaderRefusesToUnseatIt) {
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

TEST(CoreTest, EvidenceThatTheLeaderDiedCallsAnElectionSoon) {
  Node node(1, 3);
  node.Receive(2, 3,
               AppendRequest{EntryId{Term(0), LogIndex(0)}, {}, kNoIndex, 1});
  node.Persist();
  node.core().PeerLost(Key(2), /*gone=*/true);
  for (int i = 0; i < Options().evidence_ticks; ++i) node.core().Tick();
  EXPECT_EQ(node.role(), Role::kPreCandidate);
}

TEST(CoreTest, AnEntryIsAcknowledgedWhenItIsDurable) {
  Node node(1, 3);
  AppendRequest request{
      EntryId{Term(0), LogIndex(0)}, {DataEntry(1, 3)}, kNoIndex, 1};
  node.Receive(2, 3, request);
  const Effects effects = node.Take();
  EXPECT_EQ(Find<AppendReply>(effects.now, 2), nullptr);
  ASSERT_NE(Find<AppendReply>(effects.after_durable, 2), nullptr);
  EXPECT_EQ(Find<AppendReply>(effects.after_durable, 2)->match, LogIndex(1));
}

TEST(CoreTest, AGapIsRefusedWithAHint) {
  Node node(1, 3);
  node.Receive(2, 3,
               AppendRequest{EntryId{Term(2), LogIndex(7)}, {}, kNoIndex, 1});
  const Effects effects = node.Take();
  const AppendReply* reply = Find<AppendReply>(effects.after_durable, 2);
  ASSERT_NE(reply, nullptr);
  EXPECT_FALSE(reply->accepted);
  EXPECT_EQ(reply->hint, (EntryId{Term(0), LogIndex(0)}));
}

TEST(CoreTest, AMajorityOfDurableCopiesCommits) {
  Node node(1, 3);
  node.Win(1);
  ASSERT_EQ(node.role(), Role::kLeader);
  EXPECT_EQ(node.commit(), LogIndex(0));
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  EXPECT_EQ(node.commit(), LogIndex(1));
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

TEST(CoreTest, AReadWaitsForALaterHeartbeatAndTheTermsFirstEntry) {
  Node node(1, 3);
  node.Win(1);
  ASSERT_TRUE(node.core().Read(77).ok());
  const uint64_t round = node.core().replica().leadership.round;
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, round - 1});
  EXPECT_TRUE(node.Take().reads.empty());
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, round});
  const Effects effects = node.Take();
  ASSERT_EQ(effects.reads.size(), 1u);
  EXPECT_TRUE(effects.reads[0].confirmed);
  EXPECT_EQ(effects.reads[0].index, LogIndex(1));
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

TEST(CoreTest, AHandOverIsAskedForWhenTheSuccessorHasEverything) {
  Node node(1, 3);
  node.Win(1);
  node.Take();
  ASSERT_TRUE(node.core().TransferLeadership(Key(2)).ok());
  EXPECT_EQ(Find<TransferRequest>(node.Take().now, 2), nullptr);
  EXPECT_FALSE(node.core().Propose({"x"}).ok());
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  EXPECT_NE(Find<TransferRequest>(node.Take().now, 2), nullptr);
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
