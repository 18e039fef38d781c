// The one-voter quorum: starts, commits, crashes, full and broken disks.
#include "controller/quorum/one_voter_quorum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "controller/quorum/hard_state_file.h"
#include "tests/controller/quorum/quorum_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::FaultFiles;
using ::barnabas::support::FileAction;
using ::barnabas::support::HasErrorCode;
using ::barnabas::support::SimScheduler;

class OneVoterQuorumTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(
        FormatController(FormatFor(&files_, scheduler_.clock()), OneVoter()));
  }

  std::unique_ptr<QuorumNode> Start(FaultFiles* files) {
    auto node = std::make_unique<QuorumNode>(&scheduler_, files);
    EXPECT_OK(node->Open());
    EXPECT_TRUE(node->RunUntilLeading());
    return node;
  }

  SimScheduler scheduler_{7};
  FaultFiles files_;
};

TEST_F(OneVoterQuorumTest, LeadsTermOneAfterTellingTheBootstrapRecord) {
  auto node = Start(&files_);
  EXPECT_EQ(node->leading(), Term(1));
  ASSERT_EQ(node->led_after(), 1u);
  EXPECT_EQ(node->committed()[0].offset, LogIndex(0));
  EXPECT_EQ(node->committed()[0].term, Term(0));
  EXPECT_EQ(node->quorum()->facts().log_end, LogIndex(1));
}

TEST_F(OneVoterQuorumTest, CommitsInOrderAndOnlyWhatIsSynced) {
  auto node = Start(&files_);
  const int64_t syncs = files_.plan()->CountOf(FileAction::kSync);
  for (int i = 0; i < 100; ++i) ASSERT_OK(node->Propose(std::to_string(i)));
  EXPECT_EQ(node->committed().size(), 1u) << "nothing is synced yet";
  EXPECT_EQ(node->quorum()->committed_end(), LogIndex(1));
  scheduler_.RunFor(absl::Seconds(1));
  ASSERT_EQ(node->committed().size(), 101u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(node->committed()[i + 1].value, std::to_string(i));
    EXPECT_EQ(node->committed()[i + 1].offset, LogIndex(i + 1));
    EXPECT_EQ(node->committed()[i + 1].term, Term(1));
  }
  EXPECT_LT(files_.plan()->CountOf(FileAction::kSync) - syncs, 20)
      << "a sync serves many";
}

TEST_F(OneVoterQuorumTest, RefusesProposalsOfAnotherTermOrOffset) {
  auto node = Start(&files_);
  EXPECT_THAT(node->quorum()->Propose(LogIndex(1), Term(9), "x"),
              HasErrorCode(ErrorCode::kNotController));
  scheduler_.RunFor(absl::Milliseconds(10));
  EXPECT_FALSE(node->leading().has_value()) << "and steps down";
  ASSERT_TRUE(node->RunUntilLeading());
  EXPECT_EQ(node->leading(), Term(2));
  EXPECT_THAT(node->quorum()->Propose(LogIndex(7), Term(2), "x"),
              HasErrorCode(ErrorCode::kNotController));
}

TEST_F(OneVoterQuorumTest, BoundsEntriesAndWhatWaits) {
  auto node = Start(&files_);
  EXPECT_THAT(node->Propose(std::string(kEntryBytesMax + 1, 'x')),
              HasErrorCode(ErrorCode::kLimitExceeded));
  ASSERT_TRUE(scheduler_.RunUntil([&] { return node->leading() == Term(2); },
                                  absl::Seconds(10)));
  absl::Status status;
  for (int i = 0; i < 5 && status.ok(); ++i) {
    status = node->Propose(std::string(kEntryBytesMax, 'x'));
  }
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kOverloaded));
}

TEST_F(OneVoterQuorumTest, ReadsCommittedEntriesByOffset) {
  auto node = Start(&files_);
  for (int i = 1; i < 50; ++i) ASSERT_OK(node->Propose(std::to_string(i)));
  scheduler_.RunFor(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto all, node->quorum()->Read(LogIndex(0), kMiB));
  EXPECT_EQ(all.size(), 50u);
  ASSERT_OK_AND_ASSIGN(const auto one, node->quorum()->Read(LogIndex(17), 1));
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].value, "17");
  ASSERT_OK_AND_ASSIGN(const auto none,
                       node->quorum()->Read(LogIndex(50), kMiB));
  EXPECT_TRUE(none.empty());
  EXPECT_THAT(node->quorum()->Read(LogIndex(51), kMiB),
              HasErrorCode(ErrorCode::kOffsetOutOfRange));
}

TEST_F(OneVoterQuorumTest, EachStartBeginsANewTermAndReplaysEverything) {
  for (int life = 1; life <= 4; ++life) {
    auto node = Start(&files_);
    EXPECT_EQ(node->leading(), Term(life));
    EXPECT_EQ(node->led_after(), static_cast<size_t>(life));
    ASSERT_OK(node->Propose("life " + std::to_string(life)));
    scheduler_.RunFor(absl::Seconds(1));
    if (life % 2 == 0) {
      ASSERT_OK(node->Close());
    }
  }
  ASSERT_OK_AND_ASSIGN(const HardState state,
                       ReadHardState(&files_, kDirectory));
  EXPECT_EQ(state.term, Term(4));
  ASSERT_TRUE(state.vote.has_value());
  EXPECT_EQ(state.vote->node, NodeId(1));
}

TEST_F(OneVoterQuorumTest, TermsRiseEvenWithoutTheStateFile) {
  {
    auto node = Start(&files_);
    ASSERT_OK(node->Propose("x"));
    scheduler_.RunFor(absl::Seconds(1));
    ASSERT_OK(node->Close());
  }
  ASSERT_OK(files_.RemoveFile(std::string(kDirectory) + "/quorum-state"));
  EXPECT_EQ(Start(&files_)->leading(), Term(2));
}

// The claim that all of this is for: whatever was told as committed is there
// after a power cut at any moment, with the same bytes at the same offset.
TEST_F(OneVoterQuorumTest, CommittedEntriesSurviveAPowerCutAtAnyMoment) {
  int64_t survived = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SimScheduler scheduler(seed);
    FaultFiles files;
    ASSERT_OK(
        FormatController(FormatFor(&files, scheduler.clock()), OneVoter()));
    QuorumNode before(&scheduler, &files);
    ASSERT_OK(before.Open());
    ASSERT_TRUE(before.RunUntilLeading());
    const int64_t lifetime = static_cast<int64_t>(scheduler.Draw() % 60);
    files.plan()->DieAfter(lifetime);
    for (int i = 0; i < 200 && before.failed().ok(); ++i) {
      if (!before.Propose("entry " + std::to_string(i)).ok()) break;
      scheduler.RunFor(absl::Microseconds(scheduler.Draw() % 2000));
    }
    const std::unique_ptr<FaultFiles> disk = files.Crash(seed);
    QuorumNode after(&scheduler, disk.get());
    ASSERT_OK(after.Open()) << "seed " << seed;
    ASSERT_TRUE(after.RunUntilLeading()) << "seed " << seed;
    ASSERT_GE(after.committed().size(), before.committed().size())
        << "seed " << seed;
    for (size_t i = 0; i < before.committed().size(); ++i) {
      ASSERT_EQ(after.committed()[i].value, before.committed()[i].value)
          << "seed " << seed << " offset " << i;
      ASSERT_EQ(after.committed()[i].term, before.committed()[i].term);
    }
    EXPECT_GT(after.leading(), before.quorum()->facts().term);
    ASSERT_OK(after.Propose("life goes on"));
    scheduler.RunFor(absl::Seconds(1));
    EXPECT_EQ(after.committed().back().value, "life goes on");
    survived += static_cast<int64_t>(before.committed().size());
  }
  EXPECT_GT(survived, 60) << "the crashes came too early to prove anything";
}

TEST_F(OneVoterQuorumTest, ABrokenDiskEndsIt) {
  auto node = Start(&files_);
  files_.plan()->Fail({.action = FileAction::kSync, .path_part = ".log"});
  ASSERT_OK(node->Propose("lost"));
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_FALSE(node->failed().ok());
  EXPECT_EQ(node->committed().size(), 1u) << "what a failed sync covered";
  EXPECT_FALSE(node->Propose("more").ok());
}

TEST_F(OneVoterQuorumTest, AFullDiskOnlyPausesIt) {
  auto node = Start(&files_);
  ASSERT_OK_AND_ASSIGN(const auto space, files_.SpaceOf(kDirectory));
  files_.plan()->SetCapacity(space.total_bytes - space.free_bytes);
  absl::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) {
    status = node->Propose(std::string(100000, 'x'));
  }
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kDiskFull));
  scheduler_.RunFor(absl::Seconds(3));
  EXPECT_OK(node->failed());
  files_.plan()->Clear();
  ASSERT_TRUE(node->RunUntilLeading());
  ASSERT_OK(node->Propose("room again"));
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(node->committed().back().value, "room again");
}

TEST_F(OneVoterQuorumTest, RefusesADamagedStateFile) {
  Start(&files_);
  files_.FlipBits(std::string(kDirectory) + "/quorum-state", 12, 0x04);
  QuorumNode node(&scheduler_, &files_);
  EXPECT_THAT(node.Open(), HasErrorCode(ErrorCode::kCorruptLog));
}

TEST_F(OneVoterQuorumTest, RefusesADirectoryWithoutABootstrapRecord) {
  FaultFiles files;
  ASSERT_OK(FormatController(FormatFor(&files, scheduler_.clock()), {}));
  QuorumNode node(&scheduler_, &files);
  EXPECT_THAT(node.Open(), HasErrorCode(ErrorCode::kNotFormatted));
}

TEST_F(OneVoterQuorumTest, RefusesSeveralVotersByName) {
  FaultFiles files;
  std::vector<Voter> voters = OneVoter();
  voters[0].directory = Uuid::FromRandom(1, 1);
  voters.push_back(Voter{NodeId(2), Uuid::FromRandom(2, 2), "h", 9293});
  ASSERT_OK(FormatController(FormatFor(&files, scheduler_.clock()), voters));
  QuorumNode node(&scheduler_, &files);
  EXPECT_THAT(node.Open(), HasErrorCode(ErrorCode::kUnsupportedFeature));
}

}  // namespace
}  // namespace barnabas::quorum
