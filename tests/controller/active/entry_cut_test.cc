#include "controller/active/entry_cut.h"

#include <gtest/gtest.h>

#include <vector>

#include "proto/types/limits.h"

namespace barnabas::active {
namespace {

using internal::v1::ClusterRecord;
using internal::v1::MetadataEntry;

// The largest that takes a partition from one broker to another.
ClusterRecord LargestChange() {
  ClusterRecord record;
  internal::v1::PartitionChangeRecord* change =
      record.mutable_partition_change();
  change->set_topic_id("0190ec2d-6c1f-7b2a-8f00-5a9cf4ad0001");
  change->set_partition(kPartitionsPerTopicMax - 1);
  change->set_leader(kBrokersMax);
  change->set_has_isr(true);
  for (int32_t i = 0; i < kReplicationFactorMax; ++i) {
    change->add_isr(kBrokersMax + i);
  }
  return record;
}

TEST(EntryCutTest, NothingIsNoEntry) {
  EXPECT_TRUE(CutIntoEntries({}, kMetadataEntryBytesMax, 7).empty());
}

TEST(EntryCutTest, AChangeOfEveryPartitionThereMayBeIsOneEntry) {
  const std::vector<MetadataEntry> entries = CutIntoEntries(
      std::vector<ClusterRecord>(kPartitionsPerClusterMax, LargestChange()),
      kMetadataEntryBytesMax, 7);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].records_size(), kPartitionsPerClusterMax);
  EXPECT_EQ(entries[0].time_ms(), 7);
}

TEST(EntryCutTest, NoEntryIsLargerThanAllowedAndOrderStays) {
  std::vector<ClusterRecord> records(100, LargestChange());
  for (int32_t i = 0; i < 100; ++i) {
    records[i].mutable_partition_change()->set_partition(i);
  }
  constexpr int64_t kBytes = 1000;
  const std::vector<MetadataEntry> entries = CutIntoEntries(records, kBytes, 7);
  EXPECT_GT(entries.size(), 5u);
  int32_t next = 0;
  for (const MetadataEntry& entry : entries) {
    EXPECT_LE(static_cast<int64_t>(entry.ByteSizeLong()), kBytes);
    EXPECT_EQ(entry.time_ms(), 7);
    for (const ClusterRecord& record : entry.records()) {
      EXPECT_EQ(record.partition_change().partition(), next++);
    }
  }
  EXPECT_EQ(next, 100);
}

TEST(EntryCutTest, ARecordThatIsTooLargeStandsAlone) {
  const std::vector<MetadataEntry> entries =
      CutIntoEntries(std::vector<ClusterRecord>(3, LargestChange()), 1, 7);
  EXPECT_EQ(entries.size(), 3u);
}

TEST(EntryCutTest, AChangeOfVotersHasNoTime) {
  ClusterRecord record;
  record.mutable_voters();
  const std::vector<MetadataEntry> entries =
      CutIntoEntries({record}, kMetadataEntryBytesMax, 7);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].time_ms(), 0);
}

}  // namespace
}  // namespace barnabas::active
