#include "metadata/image/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "metadata/image/cluster_delta.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::image {
namespace {

using internal::v1::ClusterRecord;
using internal::v1::CommittedEntry;
using support::HasErrorCode;

ImageBuilder Everything() {
  ImageBuilder builder;
  builder.Add([](ClusterRecord& record) {
    record.mutable_leader()->set_controller_id(1);
    record.mutable_leader()->set_term(1);
  });
  builder.Broker(100, "a").FencedBroker(101, "b");
  builder.Topic("old", {{100, 101}, {100}}).Topic("new", {{100}});
  builder.Set(ConfigScope::kTopic, TestId(2).ToString(), "flush", "os");
  builder.Set(ConfigScope::kCluster, "", "num.partitions", "3");
  builder.Set(ConfigScope::kBroker, "100", "log.flush.interval.ms", "50");
  builder.Add([](ClusterRecord& record) {
    record.mutable_config()->set_scope("cluster");
    record.mutable_config()->set_key("num.partitions");
  });
  builder.Add([](ClusterRecord& record) {
    auto* change = record.mutable_partition_change();
    change->set_topic_id(TestId(1).ToString());
    change->set_leader(101);
  });
  builder.Add([](ClusterRecord& record) {
    record.mutable_producer_ids()->set_next(3000);
  });
  // The broker's registration is newer than the topics on it.
  builder.Broker(100, "a");
  return builder;
}

TEST(Snapshot, OfTheEmptyImageIsEmpty) {
  EXPECT_TRUE(SnapshotOf(ClusterImage()).empty());
  ASSERT_OK_AND_ASSIGN(const ClusterImage image, ReplaySnapshot({}));
  EXPECT_TRUE(SameImage(image, ClusterImage()));
}

TEST(Snapshot, ReplayedGivesTheImageAgain) {
  const ClusterImage image = Everything().image();
  ASSERT_OK_AND_ASSIGN(const ClusterImage again,
                       ReplaySnapshot(SnapshotOf(image)));
  EXPECT_TRUE(SameImage(again, image));
  EXPECT_EQ(again.version(), image.version());
  EXPECT_EQ(again.time_ms(), image.time_ms());
  const PartitionState* partition =
      again.FindPartition({TestId(1), PartitionIndex(0)});
  EXPECT_EQ(partition->leader, BrokerId(101));
  EXPECT_EQ(partition->leader_epoch, LeaderEpoch(1));
  EXPECT_EQ(again.FindTopic("old")->version, image.FindTopic("old")->version);
  EXPECT_TRUE(again.Settings(ConfigScope::kCluster, "").empty());
  EXPECT_EQ(again.totals().next_producer_id, ProducerId(3000));
}

TEST(Snapshot, TheLogGoesOnAfterIt) {
  const ClusterImage image = Everything().image();
  ASSERT_OK_AND_ASSIGN(const ClusterImage again,
                       ReplaySnapshot(SnapshotOf(image)));
  internal::v1::MetadataEntry entry;
  entry.add_records()->mutable_remove_topic()->set_topic_id(
      TestId(1).ToString());
  ASSERT_OK_AND_ASSIGN(
      const ClusterImage left,
      ReplayEntry(image, entry, image.version().Next(), Term(1)));
  ASSERT_OK_AND_ASSIGN(
      const ClusterImage right,
      ReplayEntry(again, entry, again.version().Next(), Term(1)));
  EXPECT_TRUE(SameImage(left, right));
}

TEST(Snapshot, EntriesComeInOrderOfOffsetAndEndAtTheVersion) {
  const ClusterImage image = Everything().image();
  const std::vector<CommittedEntry> entries = SnapshotOf(image);
  for (size_t i = 1; i < entries.size(); ++i) {
    EXPECT_LT(entries[i - 1].offset(), entries[i].offset());
  }
  EXPECT_EQ(entries.back().offset(), image.version().value());
}

TEST(Snapshot, ADamagedOneIsRefused) {
  std::vector<CommittedEntry> entries = SnapshotOf(Everything().image());
  std::swap(entries[1], entries[2]);
  EXPECT_THAT(ReplaySnapshot(entries), HasErrorCode(ErrorCode::kCorruptLog));
  entries = SnapshotOf(Everything().image());
  entries.back().mutable_entry()->add_records();
  EXPECT_THAT(ReplaySnapshot(entries),
              HasErrorCode(ErrorCode::kUnsupportedFormat));
}

TEST(Snapshot, DifferentImagesDiffer) {
  ImageBuilder builder = Everything();
  const ClusterImage before = builder.image();
  builder.Append({});
  EXPECT_FALSE(SameImage(before, builder.image()));
}

}  // namespace
}  // namespace barnabas::image
