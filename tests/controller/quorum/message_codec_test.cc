#include "controller/quorum/message_codec.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

const raft::ReplicaKey kFrom{NodeId(1), Uuid::FromRandom(1, 1)};
const raft::ReplicaKey kTo{NodeId(2), Uuid::FromRandom(2, 2)};

// Over the wire and back.
raft::Message Again(decltype(raft::Message::body) body) {
  const raft::Message message{kFrom, kTo, Term(7), std::move(body)};
  internal::v1::RaftMessage proto;
  EXPECT_TRUE(proto.ParseFromString(ToProto(message).SerializeAsString()));
  const auto again = FromProto(proto, kFrom, kTo);
  EXPECT_OK(again);
  EXPECT_EQ(again->term, Term(7));
  EXPECT_EQ(again->from, kFrom);
  EXPECT_EQ(again->to, kTo);
  return *again;
}

TEST(MessageCodec, Votes) {
  const auto request = std::get<raft::VoteRequest>(
      Again(raft::VoteRequest{true, true, {Term(3), LogIndex(9)}}).body);
  EXPECT_TRUE(request.pre_vote);
  EXPECT_TRUE(request.transfer);
  EXPECT_EQ(request.last, (raft::EntryId{Term(3), LogIndex(9)}));
  const auto reply = std::get<raft::VoteReply>(
      Again(raft::VoteReply{true, Term(6), true}).body);
  EXPECT_TRUE(reply.pre_vote);
  EXPECT_EQ(reply.asked, Term(6));
  EXPECT_TRUE(reply.granted);
}

TEST(MessageCodec, EntriesFollowTheOneBefore) {
  raft::AppendRequest request;
  request.previous = {Term(2), LogIndex(4)};
  request.commit = LogIndex(3);
  request.round = 11;
  for (int64_t i = 5; i < 8; ++i) {
    raft::Entry entry;
    entry.index = LogIndex(i);
    entry.term = Term(7);
    entry.payload = std::make_shared<const std::string>(std::to_string(i));
    request.entries.push_back(entry);
  }
  const auto again = std::get<raft::AppendRequest>(Again(request).body);
  EXPECT_EQ(again.previous, request.previous);
  EXPECT_EQ(again.commit, LogIndex(3));
  EXPECT_EQ(again.round, 11u);
  ASSERT_EQ(again.entries.size(), 3u);
  EXPECT_EQ(again.entries[2].index, LogIndex(7));
  EXPECT_EQ(again.entries[2].term, Term(7));
  EXPECT_EQ(*again.entries[2].payload, "7");
}

TEST(MessageCodec, RepliesSnapshotsAndTransfer) {
  const auto reply = std::get<raft::AppendReply>(
      Again(raft::AppendReply{true, LogIndex(5), {Term(1), LogIndex(2)}, 9})
          .body);
  EXPECT_TRUE(reply.accepted);
  EXPECT_EQ(reply.match, LogIndex(5));
  EXPECT_EQ(reply.hint, (raft::EntryId{Term(1), LogIndex(2)}));
  EXPECT_EQ(reply.round, 9u);
  const auto chunk = std::get<raft::SnapshotChunk>(
      Again(raft::SnapshotChunk{{Term(4), LogIndex(6)}, 10, "bytes", true})
          .body);
  EXPECT_EQ(chunk.id, (raft::SnapshotId{Term(4), LogIndex(6)}));
  EXPECT_EQ(chunk.position, 10);
  EXPECT_EQ(chunk.bytes, "bytes");
  EXPECT_TRUE(chunk.last);
  const auto stored = std::get<raft::SnapshotReply>(
      Again(raft::SnapshotReply{{Term(4), LogIndex(6)}, 15, true}).body);
  EXPECT_EQ(stored.next_position, 15);
  EXPECT_TRUE(stored.installed);
  EXPECT_TRUE(std::holds_alternative<raft::TransferRequest>(
      Again(raft::TransferRequest{}).body));
}

TEST(MessageCodec, RefusesAMessageWithoutABody) {
  EXPECT_THAT(FromProto(internal::v1::RaftMessage(), kFrom, kTo),
              support::HasErrorCode(ErrorCode::kProtocolError));
}

TEST(MessageCodec, KeysAreNodeAndDirectory) {
  EXPECT_EQ(FromProto(ToProto(kFrom)), kFrom);
  internal::v1::ReplicaKey nobody;
  EXPECT_EQ(FromProto(nobody), std::nullopt);
}

}  // namespace
}  // namespace barnabas::quorum
