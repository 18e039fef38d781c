// Who takes part in the quorum, and how that is changed.
#include "controller/quorum/raft_members.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/quorum/entry_codec.h"
#include "controller/quorum/voter_codec.h"
#include "proto/types/error.h"
#include "tests/metadata/raft/node.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::HasErrorCode;

// One of three, and what it says of its members.
class RaftMembersTest : public ::testing::Test {
 protected:
  // Leads term 1; what it wrote is on a majority of the disks.
  void Lead() {
    node_.Win(1);
    Follow(2);
    node_.Take();
    ASSERT_EQ(node_.role(), raft::Role::kLeader);
  }
  // A follower holds all.
  void Follow(int32_t id) {
    raft::AppendReply reply;
    reply.accepted = true;
    reply.match = node_.core().replica().log.last().index;
    node_.Receive(id, 1, reply);
  }
  static raft::Voter Stranger() {
    return raft::Voter{raft::Key(7), "seven", 7};
  }
  static std::vector<int32_t> Ids(const std::vector<raft::Voter>& voters) {
    std::vector<int32_t> ids;
    for (const raft::Voter& voter : voters) ids.push_back(voter.key.id.value());
    return ids;
  }

  raft::Node node_{1, 3};
  int settled_ = 0;
  RaftMembers members_{&node_.core(), [this] {
                         ++settled_;
                         node_.Persist();
                       }};
};

TEST_F(RaftMembersTest, AFollowerChangesNothing) {
  EXPECT_THAT(members_.Learn(Stranger()),
              HasErrorCode(ErrorCode::kNotController));
  EXPECT_THAT(members_.Without(NodeId(2)).status(),
              HasErrorCode(ErrorCode::kNotController));
  EXPECT_THAT(members_.Transfer(NodeId(2)),
              HasErrorCode(ErrorCode::kNotController));
}

TEST_F(RaftMembersTest, DescribesVotersWithWhatIsKnownOfThem) {
  Lead();
  const std::vector<MemberFacts> members = members_.Describe();
  ASSERT_EQ(members.size(), 3u);
  EXPECT_TRUE(members[0].leads);
  EXPECT_TRUE(members[1].votes);
  EXPECT_EQ(members[1].log_end, node_.core().replica().log.last().index.Next());
  EXPECT_EQ(members[2].log_end, LogIndex(0)) << "nothing was heard of it";
}

TEST_F(RaftMembersTest, TellsOfPeersOnceUntilTheyChange) {
  Lead();
  const auto peers = members_.TakeNewPeers();
  ASSERT_TRUE(peers.has_value());
  EXPECT_EQ(Ids(*peers), (std::vector<int32_t>{2, 3}));
  EXPECT_FALSE(members_.TakeNewPeers().has_value());
  ASSERT_OK(members_.Learn(Stranger()));
  EXPECT_EQ(Ids(*members_.TakeNewPeers()), (std::vector<int32_t>{2, 3, 7}));
}

TEST_F(RaftMembersTest, ALearnerIsShownAndDoesNotVoteUntilItCaughtUp) {
  Lead();
  ASSERT_OK(members_.Learn(Stranger()));
  EXPECT_GT(settled_, 0);
  EXPECT_FALSE(members_.CaughtUp(Stranger().key));
  EXPECT_THAT(members_.With(Stranger()).status(),
              HasErrorCode(ErrorCode::kInvalidRequest));
  ASSERT_EQ(members_.Describe().size(), 4u);
  EXPECT_FALSE(members_.Describe()[3].votes);
  Follow(7);
  EXPECT_TRUE(members_.CaughtUp(Stranger().key));
  ASSERT_OK_AND_ASSIGN(const internal::v1::VotersRecord record,
                       members_.With(Stranger()));
  EXPECT_EQ(record.voters_size(), 4);
}

TEST_F(RaftMembersTest, WhoVotedAndWasRemovedIsNoLearnerAgain) {
  Lead();
  ASSERT_OK(members_.Learn(Stranger()));
  Follow(7);
  const auto change =
      [this](const absl::StatusOr<internal::v1::VotersRecord>& planned) {
        ASSERT_OK(planned.status());
        ASSERT_OK_AND_ASSIGN(const raft::VoterSet next,
                             ReadVoters(planned->voters()));
        ASSERT_OK(members_.Propose(next, VotersValue(next)));
        node_.Persist();
        for (int32_t id : {2, 3, 7}) Follow(id);
        node_.Take();
      };
  change(members_.With(Stranger()));
  change(members_.Without(NodeId(7)));
  EXPECT_EQ(members_.Describe().size(), 3u);
  EXPECT_EQ(Ids(*members_.TakeNewPeers()), (std::vector<int32_t>{2, 3, 7}))
      << "it shall hear that it was removed";
  for (int i = 0; i < 5 * raft::kElection; ++i) {
    node_.core().Tick();
    Follow(2);
    node_.Take();
  }
  EXPECT_EQ(Ids(*members_.TakeNewPeers()), (std::vector<int32_t>{2, 3}));
}

TEST_F(RaftMembersTest, ProposesWhatWasPlanned) {
  Lead();
  ASSERT_OK_AND_ASSIGN(const internal::v1::VotersRecord record,
                       members_.Without(NodeId(3)));
  ASSERT_OK_AND_ASSIGN(const raft::VoterSet next, ReadVoters(record.voters()));
  ASSERT_OK(members_.Propose(next, VotersValue(next)));
  EXPECT_EQ(node_.core().replica().membership.current().size(), 2u);
  // It shall hear that it was removed.
  EXPECT_EQ(Ids(*members_.TakeNewPeers()), (std::vector<int32_t>{2, 3}));
  node_.Persist();
  EXPECT_THAT(members_.Without(NodeId(2)).status(),
              HasErrorCode(ErrorCode::kInvalidRequest))
      << "one change at a time (R14)";
}

TEST_F(RaftMembersTest, RefusesAnEntryThatHoldsMoreThanTheVoters) {
  Lead();
  const auto next =
      node_.core().replica().membership.current().Without(raft::Key(3));
  EXPECT_THAT(members_.Propose(*next, VotersValue(*next) + "x").status(),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

TEST_F(RaftMembersTest, RefusesTwoAtOnce) {
  Lead();
  const raft::VoterSet one(
      {node_.core().replica().membership.current().voters()[0]});
  EXPECT_THAT(members_.Propose(one, VotersValue(one)).status(),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

TEST_F(RaftMembersTest, HandsOverToWhoeverIsFurthest) {
  Lead();
  ASSERT_OK(members_.HandOver());
  EXPECT_EQ(node_.core().replica().leadership.successor, raft::Key(2));
  EXPECT_THAT(members_.Without(NodeId(3)).status(),
              HasErrorCode(ErrorCode::kInvalidRequest))
      << "not while leadership is being handed over";
}

TEST_F(RaftMembersTest, OnlyAVoterCanTakeOver) {
  Lead();
  EXPECT_THAT(members_.Transfer(NodeId(7)),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

}  // namespace
}  // namespace barnabas::quorum
