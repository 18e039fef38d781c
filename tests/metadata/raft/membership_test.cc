#include "metadata/raft/membership.h"

#include <gtest/gtest.h>

#include "tests/metadata/raft/fixtures.h"

namespace barnabas::raft {
namespace {

Entry Change(int64_t index, int32_t voters) {
  Entry entry = DataEntry(index, 1);
  entry.kind = EntryKind::kVoters;
  entry.voters = std::make_shared<const VoterSet>(Voters(voters));
  return entry;
}

TEST(MembershipTest, AJoinerKnowsNobody) {
  const Membership membership;
  EXPECT_TRUE(membership.current().empty());
  EXPECT_EQ(membership.last_change(), kNoIndex);
}

TEST(MembershipTest, AChangeIsInForceAsSoonAsItIsInTheLog) {
  Membership membership;
  membership.Reset(LogIndex(0), Voters(3));
  membership.OnAppend(Change(5, 4));
  EXPECT_EQ(membership.current(), Voters(4));
  EXPECT_EQ(membership.At(LogIndex(4)), Voters(3));
  EXPECT_EQ(membership.At(LogIndex(5)), Voters(4));
}

TEST(MembershipTest, ACutOffChangeIsUndone) {
  Membership membership;
  membership.Reset(LogIndex(0), Voters(3));
  membership.OnAppend(Change(5, 4));
  membership.OnTruncate(LogIndex(5));
  EXPECT_EQ(membership.current(), Voters(3));
}

TEST(MembershipTest, AnotherEntryInThePlaceOfAChangeUndoesItToo) {
  Membership membership;
  membership.Reset(LogIndex(0), Voters(3));
  membership.OnAppend(Change(5, 4));
  membership.OnAppend(DataEntry(5, 2));
  EXPECT_EQ(membership.current(), Voters(3));
}

TEST(MembershipTest, ForgettingKeepsTheSetInForce) {
  Membership membership;
  membership.Reset(LogIndex(0), Voters(3));
  membership.OnAppend(Change(5, 4));
  membership.OnAppend(Change(9, 5));
  membership.ForgetBefore(LogIndex(7));
  EXPECT_EQ(membership.At(LogIndex(7)), Voters(4));
  EXPECT_EQ(membership.current(), Voters(5));
}

}  // namespace
}  // namespace barnabas::raft
