#include "metadata/raft/replica_log.h"

#include <gtest/gtest.h>

#include "tests/metadata/raft/fixtures.h"

namespace barnabas::raft {
namespace {

class ReplicaLogTest : public testing::Test {
 protected:
  ReplicaLogTest() {
    disk_.Write({DataEntry(0, 0), DataEntry(1, 1), DataEntry(2, 1)});
  }

  MemoryLog disk_;
};

TEST_F(ReplicaLogTest, WhatIsFoundOnDiskIsDurable) {
  const ReplicaLog log(&disk_);
  EXPECT_EQ(log.durable(), LogIndex(2));
  EXPECT_EQ(log.last(), (EntryId{Term(1), LogIndex(2)}));
}

TEST_F(ReplicaLogTest, AnEmptyLogEndsBeforeTheFirst) {
  const MemoryLog empty;
  const ReplicaLog log(&empty);
  EXPECT_EQ(log.last(), EntryId{});
  EXPECT_TRUE(log.Holds(EntryId{}));
  EXPECT_FALSE(log.TermAt(LogIndex(0)).has_value());
}

TEST_F(ReplicaLogTest, AppendedEntriesAreNotDurableUntilReported) {
  ReplicaLog log(&disk_);
  const std::vector<Entry> added = {DataEntry(3, 2), DataEntry(4, 2)};
  log.Append(added);
  EXPECT_EQ(log.durable(), LogIndex(2));
  EXPECT_EQ(log.TermAt(LogIndex(4)), Term(2));
  disk_.Write(added);
  log.MarkDurable(EntryId{Term(2), LogIndex(4)});
  EXPECT_EQ(log.durable(), LogIndex(4));
}

TEST_F(ReplicaLogTest, AReplacedSuffixIsNoLongerDurable) {
  ReplicaLog log(&disk_);
  log.Append({DataEntry(1, 3)});
  EXPECT_EQ(log.durable(), LogIndex(0));
  EXPECT_EQ(log.last(), (EntryId{Term(3), LogIndex(1)}));
  EXPECT_FALSE(log.TermAt(LogIndex(2)).has_value());
}

TEST_F(ReplicaLogTest, ALateReportOfReplacedEntriesIsIgnored) {
  ReplicaLog log(&disk_);
  log.Append({DataEntry(3, 2)});
  log.Append({DataEntry(3, 5)});
  log.MarkDurable(EntryId{Term(2), LogIndex(3)});
  EXPECT_EQ(log.durable(), LogIndex(2));
}

TEST_F(ReplicaLogTest, ReadingGoesFromDiskOnIntoWhatIsPending) {
  ReplicaLog log(&disk_);
  log.Append({DataEntry(3, 2), DataEntry(4, 2)});
  const std::vector<Entry> all = log.Read(LogIndex(1), 1000);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[3].index, LogIndex(4));
  EXPECT_EQ(log.Read(LogIndex(1), 0).size(), 1u);
  EXPECT_EQ(log.Read(LogIndex(4), 1000).size(), 1u);
}

TEST_F(ReplicaLogTest, ASnapshotsEntryIsKnownThoughItsBytesAreGone) {
  disk_.TrimTo(SnapshotId{Term(1), LogIndex(1)});
  const ReplicaLog log(&disk_);
  EXPECT_EQ(log.TermAt(LogIndex(1)), Term(1));
  EXPECT_FALSE(log.TermAt(LogIndex(0)).has_value());
  EXPECT_EQ(log.first(), LogIndex(2));
}

TEST_F(ReplicaLogTest, AgreementIsSoughtBelowTheHintsTerm) {
  ReplicaLog log(&disk_);
  log.Append({DataEntry(3, 4), DataEntry(4, 4)});
  EXPECT_EQ(log.AgreementBefore(EntryId{Term(2), LogIndex(4)}),
            (EntryId{Term(1), LogIndex(2)}));
  EXPECT_EQ(log.AgreementBefore(EntryId{Term(4), LogIndex(9)}),
            (EntryId{Term(4), LogIndex(4)}));
}

TEST_F(ReplicaLogTest, AHintBelowATrimmedLogIsGivenBack) {
  disk_.TrimTo(SnapshotId{Term(1), LogIndex(2)});
  const ReplicaLog log(&disk_);
  const EntryId hint{Term(1), LogIndex(1)};
  EXPECT_EQ(log.AgreementBefore(hint), hint);
}

TEST_F(ReplicaLogTest, ASnapshotOfANewerTermThanTheHintIsNoAgreement) {
  disk_.TrimTo(SnapshotId{Term(1), LogIndex(2)});
  const ReplicaLog log(&disk_);
  const EntryId agreed = log.AgreementBefore(EntryId{Term(0), LogIndex(2)});
  EXPECT_FALSE(log.TermAt(agreed.index).has_value());
}

}  // namespace
}  // namespace barnabas::raft
