#include "metadata/raft/types.h"

#include <gtest/gtest.h>

#include <sstream>

namespace barnabas::raft {
namespace {

TEST(TypesTest, RolesHaveNames) {
  std::ostringstream text;
  text << Role::kFollower << " " << Role::kPreCandidate << " "
       << Role::kCandidate << " " << Role::kLeader;
  EXPECT_EQ(text.str(), "follower pre-candidate candidate leader");
}

TEST(TypesTest, ALogOfANewerTermIsMoreUpToDateHoweverShort) {
  EXPECT_GT((EntryId{Term(3), LogIndex(1)}), (EntryId{Term(2), LogIndex(9)}));
  EXPECT_GT((EntryId{Term(2), LogIndex(9)}), (EntryId{Term(2), LogIndex(8)}));
}

}  // namespace
}  // namespace barnabas::raft
