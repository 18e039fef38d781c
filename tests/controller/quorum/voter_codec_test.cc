// Sets of voters in records.
#include "controller/quorum/voter_codec.h"

#include <gtest/gtest.h>

#include "proto/types/error.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::HasErrorCode;

raft::Voter VoterOf(int32_t id) {
  return raft::Voter{
      {NodeId(id), Uuid::FromRandom(static_cast<uint64_t>(id), 7)},
      "host-" + std::to_string(id),
      9000 + id};
}

TEST(VoterCodecTest, ReadsWhatItWrote) {
  const raft::VoterSet voters({VoterOf(3), VoterOf(1), VoterOf(2)});
  internal::v1::VotersRecord record;
  WriteVoters(voters, record.mutable_voters());
  ASSERT_EQ(record.voters_size(), 3);
  EXPECT_EQ(record.voters(0).node_id(), 1) << "in order of node id";
  EXPECT_EQ(record.voters(0).host(), "host-1");
  EXPECT_EQ(record.voters(0).port(), 9001);
  ASSERT_OK_AND_ASSIGN(const raft::VoterSet read, ReadVoters(record.voters()));
  EXPECT_EQ(read, voters);
}

TEST(VoterCodecTest, NobodyIsAnEmptySet) {
  ASSERT_OK_AND_ASSIGN(const raft::VoterSet read, ReadVoters({}));
  EXPECT_TRUE(read.empty());
}

TEST(VoterCodecTest, RefusesADirectoryThatIsNone) {
  internal::v1::VotersRecord record;
  WriteVoters(raft::VoterSet({VoterOf(1)}), record.mutable_voters());
  record.mutable_voters(0)->set_directory_id("no uuid");
  EXPECT_THAT(ReadVoters(record.voters()).status(),
              HasErrorCode(ErrorCode::kCorruptLog));
}

TEST(VoterCodecTest, RefusesANodeThatVotesTwice) {
  internal::v1::VotersRecord record;
  WriteVoters(raft::VoterSet({VoterOf(1)}), record.mutable_voters());
  *record.add_voters() = record.voters(0);
  EXPECT_THAT(ReadVoters(record.voters()).status(),
              HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::quorum
