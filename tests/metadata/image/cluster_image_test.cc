#include "metadata/image/cluster_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "metadata/image/image_parts.h"
#include "tests/metadata/image/image_builder.h"

namespace barnabas::image {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ClusterImage, TheEmptyImageHasNothing) {
  const ClusterImage image;
  EXPECT_EQ(image.version(), LogIndex(-1));
  EXPECT_TRUE(image.cluster_id().IsNil());
  EXPECT_EQ(image.active_controller(), kNoController);
  EXPECT_EQ(image.FindTopic("orders"), nullptr);
  EXPECT_EQ(image.FindTopic(TestId(1)), nullptr);
  EXPECT_EQ(image.FindBroker(BrokerId(100)), nullptr);
  EXPECT_EQ(image.FindPartition({TestId(1), PartitionIndex(0)}), nullptr);
  EXPECT_THAT(image.PartitionsOn(BrokerId(100)), IsEmpty());
  EXPECT_THAT(image.Settings(ConfigScope::kCluster, ""), IsEmpty());
  EXPECT_EQ(image.totals().topics, 0);
}

TEST(ClusterImage, TopicsAreFoundByNameAndIdAndWalkedInOrderOfName) {
  const ClusterImage image = ImageBuilder()
                                 .Broker(100)
                                 .Topic("zebra", {{100}})
                                 .Topic("ape", {{100}, {100}})
                                 .image();
  EXPECT_EQ(image.FindTopic("ape")->id, TestId(2));
  EXPECT_EQ(image.FindTopic(TestId(1))->name, "zebra");
  std::vector<std::string> names;
  image.ForEachTopic(
      [&](const TopicState& topic) { names.push_back(topic.name); });
  EXPECT_THAT(names, ElementsAre("ape", "zebra"));
  EXPECT_EQ(image.totals().topics, 2);
  EXPECT_EQ(image.totals().partitions, 3);
}

TEST(ClusterImage, PartitionsOutOfRangeAreNotFound) {
  const ClusterImage image =
      ImageBuilder().Broker(100).Topic("a", {{100}, {100}}).image();
  EXPECT_NE(image.FindPartition({TestId(1), PartitionIndex(1)}), nullptr);
  EXPECT_EQ(image.FindPartition({TestId(1), PartitionIndex(2)}), nullptr);
  EXPECT_EQ(image.FindPartition({TestId(1), PartitionIndex(-1)}), nullptr);
}

TEST(ClusterImage, PartitionsOnABrokerAreThoseItHasReplicasOf) {
  const ClusterImage image = ImageBuilder()
                                 .Broker(100)
                                 .Broker(101)
                                 .Topic("a", {{100, 101}, {101}})
                                 .Topic("b", {{100}})
                                 .image();
  EXPECT_THAT(image.PartitionsOn(BrokerId(100)),
              ElementsAre(TopicPartition{TestId(1), PartitionIndex(0)},
                          TopicPartition{TestId(2), PartitionIndex(0)}));
  EXPECT_EQ(image.PartitionsOn(BrokerId(101)).size(), 2u);
  EXPECT_THAT(image.PartitionsOn(BrokerId(99)), IsEmpty());
}

TEST(ClusterImage, SettingsHaveAVersion) {
  ImageBuilder builder;
  builder.Set(ConfigScope::kCluster, "", "num.partitions", "3");
  const ClusterImage image = builder.image();
  EXPECT_EQ(image.Settings(ConfigScope::kCluster, "").at("num.partitions"),
            "3");
  EXPECT_EQ(SettingsVersion(image, ConfigScope::kCluster, ""), image.version());
  EXPECT_EQ(SettingsVersion(image, ConfigScope::kBroker, "100"), LogIndex(-1));
}

}  // namespace
}  // namespace barnabas::image
