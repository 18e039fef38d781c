#include "metadata/image/cluster_delta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metadata/image/snapshot.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::image {
namespace {

using support::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

internal::v1::MetadataEntry OneRecord(
    const std::function<void(internal::v1::ClusterRecord&)>& fill) {
  internal::v1::MetadataEntry entry;
  entry.set_time_ms(500);
  fill(*entry.add_records());
  return entry;
}

TEST(ClusterDelta, WithoutEntriesGivesTheBaseAgain) {
  const ClusterImage base = ImageBuilder().Broker(100).image();
  const ClusterDelta delta(base);
  EXPECT_TRUE(delta.changes().Empty());
  EXPECT_TRUE(SameImage(delta.Apply(), base));
}

TEST(ClusterDelta, RefusesAGapAndARepetition) {
  const ClusterImage base = ImageBuilder().image();
  ClusterDelta delta(base);
  const internal::v1::MetadataEntry entry;
  EXPECT_THAT(delta.Replay(entry, base.version(), Term(1)),
              HasErrorCode(ErrorCode::kCorruptLog));
  EXPECT_THAT(delta.Replay(entry, base.version().Plus(2), Term(1)),
              HasErrorCode(ErrorCode::kCorruptLog));
  EXPECT_OK(delta.Replay(entry, base.version().Next(), Term(1)));
}

TEST(ClusterDelta, NamesTheEntryAndRecordThatItCannotReplay) {
  ClusterDelta delta(ImageBuilder().image());
  const absl::Status status = delta.Replay(
      OneRecord([](auto& record) {
        record.mutable_remove_topic()->set_topic_id(TestId(9).ToString());
      }),
      LogIndex(1), Term(4));
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptLog));
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("metadata entry 1 of term 4, record 0"));
}

TEST(ClusterDelta, TheBaseStaysAsItWas) {
  const ClusterImage base =
      ImageBuilder().Broker(100).Topic("a", {{100}}).image();
  ClusterDelta delta(base);
  ASSERT_OK(delta.Replay(OneRecord([](auto& record) {
                           record.mutable_remove_topic()->set_topic_id(
                               TestId(1).ToString());
                         }),
                         base.version().Next(), Term(1)));
  const ClusterImage next = delta.Apply();
  EXPECT_NE(base.FindTopic("a"), nullptr);
  EXPECT_EQ(next.FindTopic("a"), nullptr);
  EXPECT_EQ(next.time_ms(), 500);
  EXPECT_EQ(next.version(), base.version().Next());
}

TEST(ClusterDelta, SaysWhatChanged) {
  ImageBuilder builder;
  builder.Broker(100).Topic("a", {{100}}).Topic("b", {{100}});
  const ClusterImage base = builder.image();
  internal::v1::MetadataEntry entry;
  entry.add_records()->mutable_remove_topic()->set_topic_id(
      TestId(1).ToString());
  auto* change = entry.add_records()->mutable_partition_change();
  change->set_topic_id(TestId(2).ToString());
  change->set_leader(-1);
  auto* topic = entry.add_records()->mutable_topic();
  topic->set_name("c");
  topic->set_topic_id(TestId(3).ToString());
  auto* partition = entry.add_records()->mutable_partition();
  partition->set_topic_id(TestId(3).ToString());
  partition->add_replicas(100);
  partition->add_isr(100);
  partition->set_leader(100);
  auto* setting = entry.add_records()->mutable_config();
  setting->set_scope("broker");
  setting->set_name("100");
  setting->set_key("k");
  setting->set_value("v");
  ClusterDelta delta(base);
  ASSERT_OK(delta.Replay(entry, base.version().Next(), Term(1)));
  const ImageChanges& changes = delta.changes();
  EXPECT_THAT(changes.created_topics, ElementsAre(Pair(TestId(3), "c")));
  EXPECT_THAT(changes.deleted_topics, ElementsAre(Pair(TestId(1), "a")));
  EXPECT_THAT(changes.changed_topics, ElementsAre(TestId(2)));
  EXPECT_THAT(changes.partitions,
              ElementsAre(TopicPartition{TestId(2), PartitionIndex(0)},
                          TopicPartition{TestId(3), PartitionIndex(0)}));
  EXPECT_THAT(changes.settings, ElementsAre(Pair(ConfigScope::kBroker, "100")));
  EXPECT_THAT(changes.brokers, IsEmpty());
  EXPECT_FALSE(changes.controller);
}

TEST(ClusterDelta, SeveralEntriesGiveWhatOneByOneGives) {
  const ClusterImage base = ImageBuilder().Broker(100).image();
  ClusterDelta delta(base);
  ClusterImage stepped = base;
  for (int i = 0; i < 5; ++i) {
    const auto entry = OneRecord([&](auto& record) {
      record.mutable_topic()->set_name("t" + std::to_string(i));
      record.mutable_topic()->set_topic_id(TestId(50 + i).ToString());
    });
    ASSERT_OK(delta.Replay(entry, stepped.version().Next(), Term(1)));
    ASSERT_OK_AND_ASSIGN(
        stepped,
        ReplayEntry(stepped, entry, stepped.version().Next(), Term(1)));
  }
  EXPECT_TRUE(SameImage(delta.Apply(), stepped));
}

}  // namespace
}  // namespace barnabas::image
