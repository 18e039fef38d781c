// Raft's driver with one voter: starts, commits, crashes, full and broken
// disks.
#include "controller/quorum/raft_quorum.h"

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

class RaftQuorumTest : public ::testing::Test {
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

TEST_F(RaftQuorumTest, LeadsTermOneBehindAnEntryOfItsOwn) {
  auto node = Start(&files_);
  EXPECT_EQ(node->leading(), Term(1));
  ASSERT_EQ(node->committed().size(), 2u);
  EXPECT_EQ(node->committed()[0].offset, LogIndex(0));
  EXPECT_EQ(node->committed()[0].term, Term(0));
  EXPECT_EQ(node->committed()[1].term, Term(1));
  EXPECT_EQ(node->quorum()->facts().log_end, LogIndex(2));
  EXPECT_TRUE(node->network().peers().empty());
}

TEST_F(RaftQuorumTest, CommitsInOrderAndOnlyWhatIsSynced) {
  auto node = Start(&files_);
  const int64_t syncs = files_.plan()->CountOf(FileAction::kSync);
  for (int i = 0; i < 100; ++i) ASSERT_OK(node->Propose(std::to_string(i)));
  EXPECT_EQ(node->committed().size(), 2u) << "nothing is synced yet";
  EXPECT_EQ(node->quorum()->committed_end(), LogIndex(2));
  scheduler_.RunFor(absl::Seconds(1));
  ASSERT_EQ(node->committed().size(), 102u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(node->committed()[i + 2].value, std::to_string(i));
    EXPECT_EQ(node->committed()[i + 2].offset, LogIndex(i + 2));
    EXPECT_EQ(node->committed()[i + 2].term, Term(1));
  }
  EXPECT_LT(files_.plan()->CountOf(FileAction::kSync) - syncs, 20)
      << "a sync serves many";
}

TEST_F(RaftQuorumTest, RefusesProposalsOfAnotherTermOrOffset) {
  auto node = Start(&files_);
  EXPECT_THAT(node->quorum()->Propose(LogIndex(2), Term(9), "x"),
              HasErrorCode(ErrorCode::kNotController));
  scheduler_.RunFor(absl::Milliseconds(10));
  EXPECT_FALSE(node->leading().has_value()) << "and tells to begin again";
  ASSERT_TRUE(node->RunUntilLeading());
  EXPECT_THAT(node->quorum()->Propose(LogIndex(7), Term(1), "x"),
              HasErrorCode(ErrorCode::kNotController));
  ASSERT_TRUE(node->RunUntilLeading());
  EXPECT_OK(node->Propose("y"));
}

TEST_F(RaftQuorumTest, BoundsEntriesAndWhatWaits) {
  auto node = Start(&files_);
  EXPECT_THAT(node->Propose(std::string(kEntryBytesMax + 1, 'x')),
              HasErrorCode(ErrorCode::kLimitExceeded));
  scheduler_.RunFor(absl::Milliseconds(10));
  ASSERT_TRUE(node->RunUntilLeading());
  absl::Status status;
  for (int i = 0; i < 5 && status.ok(); ++i) {
    status = node->Propose(std::string(kEntryBytesMax, 'x'));
  }
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kOverloaded));
}

TEST_F(RaftQuorumTest, ReadsCommittedEntriesByOffset) {
  auto node = Start(&files_);
  for (int i = 2; i < 50; ++i) ASSERT_OK(node->Propose(std::to_string(i)));
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

TEST_F(RaftQuorumTest, EachStartBeginsANewTermAndReplaysEverything) {
  for (int life = 1; life <= 4; ++life) {
    auto node = Start(&files_);
    EXPECT_EQ(node->leading(), Term(life));
    EXPECT_EQ(node->committed().size(), static_cast<size_t>(2 * life));
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
  EXPECT_EQ(state.vote->id, NodeId(1));
}

TEST_F(RaftQuorumTest, TermsRiseEvenWithoutTheStateFile) {
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
TEST_F(RaftQuorumTest, CommittedEntriesSurviveAPowerCutAtAnyMoment) {
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

TEST_F(RaftQuorumTest, ABrokenDiskEndsIt) {
  auto node = Start(&files_);
  files_.plan()->Fail({.action = FileAction::kSync, .path_part = ".log"});
  ASSERT_OK(node->Propose("lost"));
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_FALSE(node->failed().ok());
  EXPECT_EQ(node->committed().size(), 2u) << "what a failed sync covered";
  EXPECT_FALSE(node->Propose("more").ok());
}

TEST_F(RaftQuorumTest, AFullDiskOnlyPausesIt) {
  auto node = Start(&files_);
  ASSERT_OK_AND_ASSIGN(const auto space, files_.SpaceOf(kDirectory));
  files_.plan()->SetCapacity(space.total_bytes - space.free_bytes);
  absl::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) {
    status = node->Propose(std::string(100000, 'x'));
    // It is written in a later turn of the loop.
    scheduler_.RunFor(absl::Milliseconds(1));
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

TEST_F(RaftQuorumTest, RefusesADamagedStateFile) {
  Start(&files_);
  files_.FlipBits(std::string(kDirectory) + "/quorum-state", 12, 0x04);
  QuorumNode node(&scheduler_, &files_);
  EXPECT_THAT(node.Open(), HasErrorCode(ErrorCode::kCorruptLog));
}

TEST_F(RaftQuorumTest, TakesSnapshotsAndTrimsTheLogBehindTheOlderOne) {
  SnapshotPolicy policy;
  policy.bytes = 1000;
  LogIndex end;
  {
    QuorumNode node(&scheduler_, &files_, policy);
    ASSERT_OK(node.Open());
    ASSERT_TRUE(node.RunUntilLeading());
    for (int i = 0; i < 100; ++i) {
      ASSERT_OK(node.Propose(std::string(100, 'x')));
      scheduler_.RunFor(absl::Milliseconds(20));
    }
    EXPECT_GT(node.quorum()->log_start(), LogIndex(50));
    end = node.quorum()->committed_end();
    EXPECT_THAT(node.quorum()->Read(LogIndex(3), kMiB),
                HasErrorCode(ErrorCode::kOffsetOutOfRange));
    ASSERT_OK(node.Close());
  }
  QuorumNode node(&scheduler_, &files_, policy);
  ASSERT_OK(node.Open());
  ASSERT_TRUE(node.RunUntilLeading());
  EXPECT_FALSE(node.told().snapshot().empty());
  EXPECT_EQ(LogIndex(static_cast<int64_t>(node.committed().size())),
            end.Next());
  EXPECT_EQ(node.committed()[3].value, "") << "a snapshot stands for it";
}

TEST_F(RaftQuorumTest, GoesOnWithTheOlderSnapshotWhenTheNewerIsDamaged) {
  SnapshotPolicy policy;
  policy.bytes = 1000;
  {
    QuorumNode node(&scheduler_, &files_, policy);
    ASSERT_OK(node.Open());
    ASSERT_TRUE(node.RunUntilLeading());
    for (int i = 0; i < 60; ++i) {
      ASSERT_OK(node.Propose(std::string(100, 'x')));
      scheduler_.RunFor(absl::Milliseconds(20));
    }
    ASSERT_OK(node.Close());
  }
  const std::string folder = std::string(kDirectory) + "/snapshots";
  ASSERT_OK_AND_ASSIGN(const auto names, files_.List(folder));
  files_.FlipBits(folder + "/" + names.back(), 30, 0x10);
  QuorumNode node(&scheduler_, &files_, policy);
  ASSERT_OK(node.Open());
  ASSERT_TRUE(node.RunUntilLeading());
  EXPECT_EQ(node.committed().size(), 63u);
  EXPECT_TRUE(files_.Exists(folder + "/" + names.back() + ".damaged"));
}

TEST_F(RaftQuorumTest, AJoinerWaitsWithoutALog) {
  FaultFiles files;
  ASSERT_OK(FormatController(FormatFor(&files, scheduler_.clock()), {}));
  QuorumNode node(&scheduler_, &files);
  ASSERT_OK(node.Open());
  scheduler_.RunFor(absl::Seconds(5));
  EXPECT_FALSE(node.leading().has_value());
  EXPECT_TRUE(node.committed().empty());
  EXPECT_EQ(node.quorum()->committed_end(), LogIndex(0));
}

TEST_F(RaftQuorumTest, OneOfSeveralVotersDoesNotLeadAlone) {
  FaultFiles files;
  std::vector<Voter> voters = OneVoter();
  voters[0].directory = Uuid::FromRandom(1, 1);
  voters.push_back(Voter{NodeId(2), Uuid::FromRandom(2, 2), "h", 9293});
  ASSERT_OK(FormatController(FormatFor(&files, scheduler_.clock()), voters));
  QuorumNode node(&scheduler_, &files);
  ASSERT_OK(node.Open());
  scheduler_.RunFor(absl::Seconds(5));
  EXPECT_FALSE(node.leading().has_value());
  ASSERT_EQ(node.network().peers().size(), 1u);
  EXPECT_EQ(node.network().peers()[0].key.id, NodeId(2));
  ASSERT_EQ(node.committed().size(), 1u) << "the bootstrap record";
}

}  // namespace
}  // namespace barnabas::quorum
