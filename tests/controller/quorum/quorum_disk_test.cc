// All that a controller finds on its disk, checked against each other.
#include "controller/quorum/quorum_disk.h"

#include <gtest/gtest.h>

#include <memory>

#include "controller/quorum/entry_codec.h"
#include "controller/quorum/hard_state_file.h"
#include "proto/types/error.h"
#include "tests/controller/quorum/quorum_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::HasErrorCode;

class QuorumDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(
        FormatController(FormatFor(&files_, scheduler_.clock()), OneVoter()));
    OpenDirectory();
  }

  void OpenDirectory() {
    log::LogDirectory::Options options;
    options.files = &files_;
    options.clock = scheduler_.clock();
    options.path = kDirectory;
    options.node_id = NodeId(1);
    options.role = "controller";
    options.cluster_id = kCluster;
    options.owner_files = {kHardStateName, kSnapshotsName};
    directory_.reset();
    auto directory = log::LogDirectory::Open(options);
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
  }

  Snapshot SnapshotAt(int64_t index) {
    return Snapshot{raft::SnapshotId{Term(1), LogIndex(index)},
                    raft::VoterSet({raft::Voter{
                        {NodeId(9), Uuid::FromRandom(9, 9)}, "nine", 9}}),
                    "payload"};
  }

  support::SimScheduler scheduler_{3};
  support::FaultFiles files_;
  std::unique_ptr<log::LogDirectory> directory_;
};

TEST_F(QuorumDiskTest, AFreshDirectoryHasTheBootstrapEntryAndItsVoters) {
  ASSERT_OK_AND_ASSIGN(const QuorumDisk disk,
                       OpenQuorumDisk(&files_, directory_.get()));
  EXPECT_EQ(disk.log->last(), LogIndex(0));
  EXPECT_FALSE(disk.newest.has_value());
  EXPECT_EQ(disk.found.log, disk.log.get());
  EXPECT_EQ(disk.found.hard, raft::HardState());
  EXPECT_TRUE(disk.found.snapshot_voters.empty());
  ASSERT_EQ(disk.found.voter_entries.size(), 1u);
  EXPECT_NE(disk.found.voter_entries[0].voters->FindNode(NodeId(1)), nullptr);
}

TEST_F(QuorumDiskTest, FindsTheTermAndTheVote) {
  const raft::HardState hard{
      Term(7), raft::ReplicaKey{NodeId(2), Uuid::FromRandom(2, 2)}};
  ASSERT_OK(WriteHardState(&files_, kDirectory, hard));
  ASSERT_OK_AND_ASSIGN(const QuorumDisk disk,
                       OpenQuorumDisk(&files_, directory_.get()));
  EXPECT_EQ(disk.found.hard, hard);
}

TEST_F(QuorumDiskTest, ASnapshotStandsForTheEntriesBeforeIt) {
  {
    ASSERT_OK_AND_ASSIGN(QuorumDisk disk,
                         OpenQuorumDisk(&files_, directory_.get()));
    ASSERT_OK(disk.snapshots->Write(SnapshotAt(5)));
    disk.snapshots->Adopt(SnapshotAt(5).id);
    ASSERT_OK(disk.log->BeginAfter(SnapshotAt(5).id));
    ASSERT_OK(disk.log->disk()->Close());
  }
  OpenDirectory();
  ASSERT_OK_AND_ASSIGN(const QuorumDisk disk,
                       OpenQuorumDisk(&files_, directory_.get()));
  ASSERT_TRUE(disk.newest.has_value());
  EXPECT_EQ(disk.newest->payload, "payload");
  EXPECT_EQ(disk.found.snapshot_voters, SnapshotAt(5).voters);
  EXPECT_TRUE(disk.found.voter_entries.empty())
      << "those of the log before it no longer count";
  EXPECT_EQ(disk.log->first(), LogIndex(6));
}

TEST_F(QuorumDiskTest, ADirectoryOfAnotherClusterIsRefusedBefore) {
  // The same directory, but for whose identity it has.
  FormatOptions other = FormatFor(&files_, scheduler_.clock());
  other.directory = "/other";
  other.cluster_id = Uuid::FromRandom(99, 99);
  ASSERT_OK(FormatController(other, OneVoter()));
  log::LogDirectory::Options options;
  options.files = &files_;
  options.clock = scheduler_.clock();
  options.path = "/other";
  options.node_id = NodeId(1);
  options.role = "controller";
  options.cluster_id = kCluster;
  EXPECT_THAT(log::LogDirectory::Open(options).status(),
              HasErrorCode(ErrorCode::kWrongIdentity));
}

TEST_F(QuorumDiskTest, DamageOfTheHardStateIsRefused) {
  ASSERT_OK(WriteHardState(&files_, kDirectory, {Term(7), std::nullopt}));
  files_.FlipBits(std::string(kDirectory) + "/" + kHardStateName, 6, 0x10);
  EXPECT_THAT(OpenQuorumDisk(&files_, directory_.get()).status(),
              HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::quorum
