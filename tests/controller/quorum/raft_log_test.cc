// The log as Raft asks for it: terms, cuts, trims, new beginnings, restarts.
#include "controller/quorum/raft_log.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/controller/quorum/quorum_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::FaultFiles;
using ::barnabas::support::HasErrorCode;
using ::barnabas::support::SimScheduler;

class RaftLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(
        FormatController(FormatFor(&files_, scheduler_.clock()), OneVoter()));
    ASSERT_OK(Open(raft::SnapshotId()));
  }

  absl::Status Open(const raft::SnapshotId& snapshot) {
    log_.reset();
    directory_.reset();
    log::LogDirectory::Options options;
    options.files = &files_;
    options.clock = scheduler_.clock();
    options.path = kDirectory;
    options.node_id = NodeId(1);
    options.role = "controller";
    ASSIGN_OR_RETURN(directory_, log::LogDirectory::Open(options));
    ASSIGN_OR_RETURN(auto disk, DurableLog::Open(directory_.get()));
    ASSIGN_OR_RETURN(log_, RaftLog::Open(std::move(disk), snapshot));
    return absl::OkStatus();
  }

  void Append(int64_t count, int32_t term, const std::string& value = "v") {
    for (int64_t i = 0; i < count; ++i) {
      raft::Entry entry;
      entry.index = log_->last().Next();
      entry.term = Term(term);
      entry.payload = std::make_shared<const std::string>(value);
      ASSERT_OK(log_->Append(entry, 1000));
    }
  }

  SimScheduler scheduler_{5};
  FaultFiles files_;
  std::unique_ptr<log::LogDirectory> directory_;
  std::unique_ptr<RaftLog> log_;
};

TEST_F(RaftLogTest, BeginsWithTheBootstrapEntryAndItsVoters) {
  EXPECT_EQ(log_->first(), LogIndex(0));
  EXPECT_EQ(log_->last(), LogIndex(0));
  EXPECT_EQ(log_->TermAt(LogIndex(0)), Term(0));
  ASSERT_EQ(log_->voter_entries().size(), 1u);
  EXPECT_EQ(log_->voter_entries()[0].voters->size(), 1u);
}

TEST_F(RaftLogTest, KnowsTheTermOfEveryEntryAlsoAfterARestart) {
  Append(3, 1);
  Append(2, 4);
  Append(1, 5);
  for (int life = 0; life < 2; ++life) {
    const std::vector<int32_t> terms = {0, 1, 1, 1, 4, 4, 5};
    for (size_t i = 0; i < terms.size(); ++i) {
      EXPECT_EQ(log_->TermAt(LogIndex(static_cast<int64_t>(i))),
                Term(terms[i]));
    }
    ASSERT_OK(log_->disk()->Close());
    ASSERT_OK(Open(raft::SnapshotId()));
  }
}

TEST_F(RaftLogTest, CutsASuffix) {
  Append(5, 1);
  ASSERT_OK(log_->Cut(LogIndex(3)));
  EXPECT_EQ(log_->last(), LogIndex(2));
  Append(2, 7);
  EXPECT_EQ(log_->TermAt(LogIndex(2)), Term(1));
  EXPECT_EQ(log_->TermAt(LogIndex(3)), Term(7));
  EXPECT_EQ(log_->Read(LogIndex(1), LogIndex(5), kMiB).size(), 4u);
}

TEST_F(RaftLogTest, TrimsBehindASnapshot) {
  Append(9, 3);
  const raft::SnapshotId id{Term(3), LogIndex(8)};
  ASSERT_OK(log_->AdoptSnapshot(id, LogIndex(6)));
  EXPECT_EQ(log_->first(), LogIndex(6));
  EXPECT_EQ(log_->snapshot(), id);
  EXPECT_EQ(log_->TermAt(LogIndex(6)), Term(3));
  ASSERT_OK(log_->disk()->Close());
  EXPECT_THAT(Open(raft::SnapshotId()), HasErrorCode(ErrorCode::kCorruptLog))
      << "nothing reaches back to the beginning";
  ASSERT_OK(Open(id));
  EXPECT_EQ(log_->first(), LogIndex(6));
}

TEST_F(RaftLogTest, BeginsAnewAfterASnapshotThatIsAhead) {
  Append(4, 1);
  const raft::SnapshotId id{Term(6), LogIndex(100)};
  ASSERT_OK(log_->BeginAfter(id));
  EXPECT_EQ(log_->first(), LogIndex(101));
  EXPECT_EQ(log_->last(), LogIndex(100));
  Append(2, 6);
  EXPECT_EQ(log_->TermAt(LogIndex(102)), Term(6));
  ASSERT_OK(log_->disk()->Close());
  ASSERT_OK(Open(id));
  EXPECT_EQ(log_->last(), LogIndex(102));
}

TEST_F(RaftLogTest, BeginsAnewInsteadOfEntriesThatConflict) {
  Append(20, 1);
  const raft::SnapshotId id{Term(6), LogIndex(10)};
  ASSERT_OK(log_->BeginAfter(id));
  EXPECT_EQ(log_->first(), LogIndex(11));
  EXPECT_EQ(log_->last(), LogIndex(10));
}

TEST_F(RaftLogTest, FinishesAnInterruptedInstallation) {
  Append(4, 1);
  ASSERT_OK(log_->disk()->Close());
  const raft::SnapshotId id{Term(6), LogIndex(100)};
  ASSERT_OK(Open(id));
  EXPECT_EQ(log_->first(), LogIndex(101));
  EXPECT_EQ(log_->last(), LogIndex(100));
}

TEST_F(RaftLogTest, ReadsWhatIsNotInMemoryFromDisk) {
  Append(30, 1, std::string(kMiB, 'x'));
  const auto old = log_->Read(LogIndex(1), LogIndex(31), 3 * kMiB);
  ASSERT_GE(old.size(), 1u);
  EXPECT_EQ(old[0].index, LogIndex(1));
  EXPECT_EQ(old[0].SizeBytes(), static_cast<size_t>(kMiB));
  EXPECT_EQ(log_->Read(LogIndex(29), LogIndex(31), 3 * kMiB).size(), 2u);
  EXPECT_OK(log_->fault());
}

}  // namespace
}  // namespace barnabas::quorum
