#include "metadata/raft/replication.h"

#include <gtest/gtest.h>

#include <optional>

#include "proto/types/error.h"
#include "tests/metadata/raft/node.h"

namespace barnabas::raft {
namespace {

TEST(ReplicationTest, AnEntryIsAcknowledgedWhenItIsDurable) {
  Node node(1, 3);
  AppendRequest request{
      EntryId{Term(0), LogIndex(0)}, {DataEntry(1, 3)}, kNoIndex, 1};
  node.Receive(2, 3, request);
  const Effects effects = node.Take();
  EXPECT_EQ(Find<AppendReply>(effects.now, 2), nullptr);
  ASSERT_NE(Find<AppendReply>(effects.after_durable, 2), nullptr);
  EXPECT_EQ(Find<AppendReply>(effects.after_durable, 2)->match, LogIndex(1));
}

TEST(ReplicationTest, AGapIsRefusedWithAHint) {
  Node node(1, 3);
  node.Receive(2, 3,
               AppendRequest{EntryId{Term(2), LogIndex(7)}, {}, kNoIndex, 1});
  const Effects effects = node.Take();
  const AppendReply* reply = Find<AppendReply>(effects.after_durable, 2);
  ASSERT_NE(reply, nullptr);
  EXPECT_FALSE(reply->accepted);
  EXPECT_EQ(reply->hint, (EntryId{Term(0), LogIndex(0)}));
}

TEST(ReplicationTest, AMajorityOfDurableCopiesCommits) {
  Node node(1, 3);
  node.Win(1);
  ASSERT_EQ(node.role(), Role::kLeader);
  EXPECT_EQ(node.commit(), LogIndex(0));
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  EXPECT_EQ(node.commit(), LogIndex(1));
}

TEST(ReplicationTest, WhoIsLateIsToldOfTheCommitWhenItAcknowledges) {
  Node node(1, 3);
  node.Win(1);
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  node.Take();
  ASSERT_EQ(node.commit(), LogIndex(1));
  node.Receive(3, 1, AppendReply{true, LogIndex(1), {}, 1});
  const Effects effects = node.Take();
  const AppendRequest* request = Find<AppendRequest>(effects.now, 3);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->commit, LogIndex(1));
  EXPECT_TRUE(request->entries.empty());
  // Once is enough.
  node.Receive(3, 1, AppendReply{true, LogIndex(1), {}, 1});
  EXPECT_EQ(Find<AppendRequest>(node.Take().now, 3), nullptr);
}

TEST(ReplicationTest, WhatIsProposedTogetherIsSentTogether) {
  Node node(1, 3);
  node.Win(1);
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  node.Take();
  ASSERT_TRUE(node.core().Propose({"x"}).ok());
  ASSERT_TRUE(node.core().Propose({"y"}).ok());
  const Effects effects = node.Take();
  const AppendRequest* request = Find<AppendRequest>(effects.now, 2);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->entries.size(), 2u);
}

// A leader of three that has committed the removal of node 3.
class RemovalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    node_.Win(1);
    node_.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
    node_.Take();
    ASSERT_TRUE(node_.core().RemoveVoter(Key(3)).ok());
    node_.Persist();
    node_.Receive(2, 1, AppendReply{true, LogIndex(2), {}, 1});
    ASSERT_EQ(node_.commit(), LogIndex(2));
  }
  // One that the others answer, but for node 3.
  void Tick() {
    node_.core().Tick();
    node_.Receive(2, 1, AppendReply{true, LogIndex(2), {}, round()});
    node_.Take();
  }
  uint64_t round() { return node_.core().replica().leadership.round; }
  bool Sends() {
    return node_.core().replica().leadership.peers.contains(Key(3));
  }

  Node node_{1, 3};
};

TEST_F(RemovalTest, ARemovedReplicaIsSentToUntilItKnows) {
  Tick();
  EXPECT_TRUE(Sends());
  // It holds the entry, but does not know that it is committed: the heartbeat
  // that it answers went out before it held it.
  node_.Receive(3, 1, AppendReply{true, LogIndex(2), {}, round()});
  Tick();
  EXPECT_TRUE(Sends());
  for (int i = 0; i < Options().heartbeat_ticks; ++i) Tick();
  node_.Receive(3, 1, AppendReply{true, LogIndex(2), {}, round()});
  Tick();
  EXPECT_FALSE(Sends());
}

TEST_F(RemovalTest, ARemovedReplicaThatIsSilentIsForgotten) {
  for (int i = 0; i < 2 * kElection; ++i) Tick();
  EXPECT_TRUE(Sends());
  for (int i = 0; i < 3 * kElection; ++i) Tick();
  EXPECT_FALSE(Sends());
}

TEST(ReplicationTest, ALearnerIsSentToUntilAnotherTakesItsPlace) {
  Node node(1, 3);
  node.Win(1);
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  ASSERT_TRUE(node.core().AddLearner(Key(4)).ok());
  node.Receive(4, 1, AppendReply{true, LogIndex(1), {}, 9});
  node.core().Tick();
  EXPECT_TRUE(node.core().replica().leadership.peers.contains(Key(4)));
  ASSERT_TRUE(node.core().AddLearner(Key(5)).ok());
  for (int i = 0; i <= Options().heartbeat_ticks; ++i) node.core().Tick();
  node.Receive(
      4, 1,
      AppendReply{
          true, LogIndex(1), {}, node.core().replica().leadership.round});
  node.core().Tick();
  EXPECT_FALSE(node.core().replica().leadership.peers.contains(Key(4)));
  EXPECT_TRUE(node.core().replica().leadership.peers.contains(Key(5)));
  node.Take();
}

TEST(ReplicationTest, AReadWaitsForALaterHeartbeatAndTheTermsFirstEntry) {
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

TEST(ReplicationTest, AHandOverIsAskedForWhenTheSuccessorHasEverything) {
  Node node(1, 3);
  node.Win(1);
  node.Take();
  ASSERT_TRUE(node.core().TransferLeadership(Key(2)).ok());
  EXPECT_EQ(Find<TransferRequest>(node.Take().now, 2), nullptr);
  EXPECT_FALSE(node.core().Propose({"x"}).ok());
  node.Receive(2, 1, AppendReply{true, LogIndex(1), {}, 1});
  EXPECT_NE(Find<TransferRequest>(node.Take().now, 2), nullptr);
}

}  // namespace
}  // namespace barnabas::raft
