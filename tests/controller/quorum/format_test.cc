// Formatting: identities are written once and never changed.
#include "controller/quorum/format.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/controller/quorum/quorum_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::FaultFiles;
using ::barnabas::support::HasErrorCode;
using ::barnabas::support::SimScheduler;

class FormatTest : public ::testing::Test {
 protected:
  FormatOptions Options() { return FormatFor(&files_, scheduler_.clock()); }

  SimScheduler scheduler_{1};
  FaultFiles files_;
};

TEST_F(FormatTest, WritesAnIdentityThatItsNodeAccepts) {
  ASSERT_OK_AND_ASSIGN(const log::Identity identity,
                       FormatController(Options(), OneVoter()));
  EXPECT_EQ(identity.cluster_id, kCluster);
  EXPECT_EQ(identity.node_id, NodeId(1));
  EXPECT_EQ(identity.role, "controller");
  EXPECT_FALSE(identity.directory_id.IsNil());
  ASSERT_OK_AND_ASSIGN(const log::Identity read,
                       log::ReadIdentity(&files_, kDirectory));
  EXPECT_EQ(read, identity);
}

TEST_F(FormatTest, ChangesNothingTheSecondTime) {
  ASSERT_OK_AND_ASSIGN(const log::Identity first,
                       FormatController(Options(), OneVoter()));
  EXPECT_THAT(FormatController(Options(), OneVoter()),
              HasErrorCode(ErrorCode::kNothingToChange));
  ASSERT_OK_AND_ASSIGN(const log::Identity read,
                       log::ReadIdentity(&files_, kDirectory));
  EXPECT_EQ(read, first);
}

TEST_F(FormatTest, RefusesAnotherNodesDirectory) {
  ASSERT_OK(FormatController(Options(), OneVoter()));
  FormatOptions other_cluster = Options();
  other_cluster.cluster_id = Uuid::FromRandom(8, 8);
  EXPECT_THAT(FormatController(other_cluster, OneVoter()),
              HasErrorCode(ErrorCode::kWrongIdentity));
  FormatOptions other_node = Options();
  other_node.node_id = NodeId(2);
  std::vector<Voter> voters = OneVoter();
  voters[0].id = NodeId(2);
  EXPECT_THAT(FormatController(other_node, voters),
              HasErrorCode(ErrorCode::kWrongIdentity));
  EXPECT_THAT(FormatBroker(Options()), HasErrorCode(ErrorCode::kWrongIdentity));
  FormatOptions other_directory = Options();
  other_directory.directory_id = Uuid::FromRandom(9, 9);
  EXPECT_THAT(FormatController(other_directory, OneVoter()),
              HasErrorCode(ErrorCode::kWrongIdentity));
}

TEST_F(FormatTest, RefusesADirectoryWithOtherFiles) {
  ASSERT_OK(files_.CreateDirectory(kDirectory));
  ASSERT_OK(files_.Open(std::string(kDirectory) + "/thesis.txt",
                        env::OpenMode::kCreate));
  EXPECT_FALSE(FormatController(Options(), OneVoter()).ok());
  EXPECT_TRUE(files_.Exists(std::string(kDirectory) + "/thesis.txt"));
  EXPECT_FALSE(files_.Exists(std::string(kDirectory) + "/identity"));
}

TEST_F(FormatTest, RefusesVotersThatDoNotFit) {
  const auto refused = [&](std::vector<Voter> voters) {
    EXPECT_THAT(FormatController(Options(), std::move(voters)),
                HasErrorCode(ErrorCode::kInvalidRequest));
    EXPECT_FALSE(files_.Exists(std::string(kDirectory) + "/identity"));
  };
  const Uuid id = Uuid::FromRandom(3, 3);
  refused({Voter{NodeId(2), id, "h", 9293}});
  refused({Voter{NodeId(1), id, "h", 9293}, Voter{NodeId(1), id, "h", 9293}});
  refused({Voter{NodeId(1), id, "h", 9293}, Voter{NodeId(2), id, "h", 9293}});
  refused({Voter{NodeId(1), id, "", 9293}});
  refused({Voter{NodeId(1), id, "h", 0}});
  refused(
      {Voter{NodeId(1), id, "h", 9293}, Voter{NodeId(2), Uuid(), "h", 9293}});
}

TEST_F(FormatTest, GivesTheSameBootstrapToAllFirstVoters) {
  const std::vector<Voter> voters = {
      Voter{NodeId(1), Uuid::FromRandom(1, 1), "a", 1},
      Voter{NodeId(2), Uuid::FromRandom(2, 2), "b", 2}};
  EXPECT_EQ(BootstrapEntry(kCluster, voters), BootstrapEntry(kCluster, voters));
  ASSERT_OK_AND_ASSIGN(const log::Identity one,
                       FormatController(Options(), voters));
  EXPECT_EQ(one.directory_id, Uuid::FromRandom(1, 1));
  FormatOptions second = Options();
  second.node_id = NodeId(2);
  second.directory = "/second";
  ASSERT_OK_AND_ASSIGN(const log::Identity two,
                       FormatController(second, voters));
  EXPECT_EQ(two.directory_id, Uuid::FromRandom(2, 2));
}

TEST_F(FormatTest, FormatsABroker) {
  FormatOptions options = Options();
  options.node_id = NodeId(100);
  ASSERT_OK_AND_ASSIGN(const log::Identity identity, FormatBroker(options));
  EXPECT_EQ(identity.role, "broker");
  EXPECT_THAT(FormatBroker(options), HasErrorCode(ErrorCode::kNothingToChange));
}

TEST_F(FormatTest, FinishesWhatACrashInterrupted) {
  bool finished = false;
  for (int64_t steps = 0; steps < 200 && !finished; ++steps) {
    FaultFiles files;
    FormatOptions options = FormatFor(&files, scheduler_.clock());
    files.plan()->DieAfter(steps);
    finished = FormatController(options, OneVoter()).ok();
    const std::unique_ptr<FaultFiles> disk = files.Crash(steps);
    options.files = disk.get();
    // A second try would draw another directory id.
    options.seed_high = 99;
    const auto again = FormatController(options, OneVoter());
    EXPECT_TRUE(again.ok() ||
                CodeOf(again.status()) == ErrorCode::kNothingToChange)
        << "after " << steps << " steps: " << again.status();
    QuorumNode node(&scheduler_, disk.get());
    ASSERT_OK(node.Open()) << "after " << steps << " steps";
    ASSERT_TRUE(node.RunUntilLeading());
  }
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace barnabas::quorum
