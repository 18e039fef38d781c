// A quorum that notices when it breaks its own promises.
#include "controller/quorum/invariant_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/metadata/raft/node.h"

namespace barnabas::quorum {
namespace {

class InvariantWatchTest : public ::testing::Test {
 protected:
  static raft::Message Acknowledge(int64_t index, int32_t term) {
    raft::AppendReply reply;
    reply.accepted = true;
    reply.match = LogIndex(index);
    return raft::Message{raft::Key(1), raft::Key(2), Term(term), reply};
  }

  raft::Node node_{1, 3};
  std::vector<std::string> told_;
  InvariantWatch watch_{&node_.core(), [this](const std::string& what) {
                          told_.push_back(what);
                        }};
};

TEST_F(InvariantWatchTest, IsQuietWhereNothingIsBroken) {
  watch_.AfterEvent();
  node_.Win(1);
  watch_.AfterEvent();
  watch_.BeforeSending(Acknowledge(0, 1));
  EXPECT_THAT(told_, testing::IsEmpty());
}

TEST_F(InvariantWatchTest, SeesAnAcknowledgementOfWhatIsNotThere) {
  watch_.BeforeSending(Acknowledge(5, 1));
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_THAT(told_[0], testing::StartsWith("R9: node 1 acknowledges entry 5"));
}

TEST_F(InvariantWatchTest, SeesAnAcknowledgementOfWhatWasReplaced) {
  // Its own entry at 1 is of term 3.
  raft::Node node(1, 3, raft::HardState{Term(2), std::nullopt});
  node.Win(3);
  InvariantWatch watch(
      &node.core(), [this](const std::string& what) { told_.push_back(what); });
  watch.BeforeSending(Acknowledge(1, 2));
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_THAT(told_[0], testing::HasSubstr("which its log does not hold"));
}

}  // namespace
}  // namespace barnabas::quorum
