#include "controller/quorum/entry_codec.h"

#include <gtest/gtest.h>

#include <string>

#include "barnabas/internal/v1/cluster_record.pb.h"
#include "controller/quorum/bootstrap.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

raft::VoterSet TwoVoters() {
  return raft::VoterSet(
      {raft::Voter{{NodeId(2), Uuid::FromRandom(2, 2)}, "two", 9293},
       raft::Voter{{NodeId(1), Uuid::FromRandom(1, 1)}, "one", 9293}});
}

TEST(EntryCodec, KeepsTheBytesOfData) {
  internal::v1::MetadataEntry value;
  value.add_records()->mutable_topic()->set_name("orders");
  const std::string bytes = value.SerializeAsString();
  ASSERT_OK_AND_ASSIGN(const raft::Entry entry,
                       EntryOf(QuorumEntry{LogIndex(7), Term(3), bytes}));
  EXPECT_EQ(entry.index, LogIndex(7));
  EXPECT_EQ(entry.term, Term(3));
  EXPECT_EQ(entry.kind, raft::EntryKind::kData);
  EXPECT_EQ(entry.voters, nullptr);
  EXPECT_EQ(*ValueOf(entry), bytes);
}

TEST(EntryCodec, ATermBeginsWithARecordThatMovesNothing) {
  raft::Entry entry;
  entry.kind = raft::EntryKind::kLeader;
  internal::v1::MetadataEntry value;
  ASSERT_TRUE(value.ParseFromString(*ValueOf(entry)));
  ASSERT_EQ(value.records_size(), 1);
  EXPECT_TRUE(value.records(0).has_no_op());
  EXPECT_EQ(value.time_ms(), 0);
}

TEST(EntryCodec, FindsTheVotersAgain) {
  raft::Entry entry;
  entry.kind = raft::EntryKind::kVoters;
  entry.voters = std::make_shared<const raft::VoterSet>(TwoVoters());
  ASSERT_OK_AND_ASSIGN(
      const raft::Entry again,
      EntryOf(QuorumEntry{LogIndex(9), Term(2), *ValueOf(entry)}));
  EXPECT_EQ(again.kind, raft::EntryKind::kVoters);
  ASSERT_NE(again.voters, nullptr);
  EXPECT_EQ(*again.voters, TwoVoters());
  EXPECT_EQ(*ValueOf(again), VotersValue(TwoVoters()));
}

TEST(EntryCodec, FindsTheFirstVotersInTheBootstrapRecord) {
  const std::string value =
      BootstrapEntry(Uuid::FromRandom(9, 9),
                     {Voter{NodeId(1), Uuid::FromRandom(1, 1), "one", 9293}});
  ASSERT_OK_AND_ASSIGN(const raft::Entry entry,
                       EntryOf(QuorumEntry{LogIndex(0), Term(0), value}));
  EXPECT_EQ(entry.kind, raft::EntryKind::kBootstrap);
  ASSERT_NE(entry.voters, nullptr);
  EXPECT_EQ(entry.voters->size(), 1u);
}

TEST(EntryCodec, RefusesVotersThatAreNone) {
  internal::v1::MetadataEntry value;
  auto* voters = value.add_records()->mutable_voters();
  voters->add_voters()->set_directory_id("none");
  EXPECT_THAT(VotersIn(LogIndex(3), value.SerializeAsString()),
              support::HasErrorCode(ErrorCode::kCorruptLog));
}

TEST(EntryCodec, AnEmptyValueIsData) {
  ASSERT_OK_AND_ASSIGN(const raft::Entry entry,
                       EntryOf(QuorumEntry{LogIndex(3), Term(1), ""}));
  EXPECT_EQ(entry.voters, nullptr);
  EXPECT_EQ(*ValueOf(entry), "");
}

}  // namespace
}  // namespace barnabas::quorum
