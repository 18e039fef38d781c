#include "metadata/image/delta_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metadata/image/invariants.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::image {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TopicState NewTopic(const std::string& name, const TopicId& id) {
  TopicState topic;
  topic.name = name;
  topic.id = id;
  topic.partitions.resize(1);
  topic.partitions[0].replicas = {BrokerId(100)};
  topic.partitions[0].isr = {BrokerId(100)};
  return topic;
}

TEST(DeltaState, ATopicThatCameAndWentAppearsNowhere) {
  DeltaState state(ImageBuilder().Broker(100).image());
  state.AddTopic(NewTopic("a", TestId(9)));
  state.changes().partitions.insert({TestId(9), PartitionIndex(0)});
  state.RemoveTopic(TestId(9));
  EXPECT_TRUE(state.changes().Empty());
  EXPECT_EQ(state.FindTopic("a"), nullptr);
  EXPECT_EQ(state.Apply().totals().topics, 0);
}

TEST(DeltaState, ANameMayBeTakenAgainAtOnce) {
  DeltaState state(ImageBuilder().Broker(100).Topic("a", {{100}}).image());
  state.RemoveTopic(TestId(1));
  state.AddTopic(NewTopic("a", TestId(9)));
  const ClusterImage next = state.Apply();
  EXPECT_EQ(next.FindTopic("a")->id, TestId(9));
  EXPECT_EQ(next.FindTopic(TestId(1)), nullptr);
  EXPECT_THAT(next.PartitionsOn(BrokerId(100)), SizeIs(1));
  EXPECT_OK(CheckInvariants(next));
}

TEST(DeltaState, RemovingATopicRemovesItsSettings) {
  ImageBuilder builder;
  builder.Broker(100).Topic("a", {{100}});
  builder.Set(ConfigScope::kTopic, TestId(1).ToString(), "flush", "os");
  DeltaState state(builder.image());
  state.RemoveTopic(TestId(1));
  EXPECT_THAT(state.Apply().Settings(ConfigScope::kTopic, TestId(1).ToString()),
              IsEmpty());
  EXPECT_THAT(state.changes().settings, IsEmpty());
}

TEST(DeltaState, ApplyMayBeCalledBetweenChanges) {
  DeltaState state(ImageBuilder().Broker(100).Topic("a", {{100}}).image());
  state.ChangeTopic(TestId(1)).version = LogIndex(50);
  const ClusterImage first = state.Apply();
  state.ChangeTopic(TestId(1)).version = LogIndex(51);
  EXPECT_EQ(first.FindTopic("a")->version, LogIndex(50));
  EXPECT_EQ(state.Apply().FindTopic("a")->version, LogIndex(51));
}

TEST(DeltaState, ReplicasThatMoveAreIndexedWhereTheyAre) {
  DeltaState state(ImageBuilder()
                       .Broker(100)
                       .Broker(101)
                       .Topic("a", {{100}, {100}})
                       .image());
  PartitionState& partition = state.ChangeTopic(TestId(1)).partitions[1];
  partition.replicas = {BrokerId(101)};
  partition.isr = {BrokerId(101)};
  partition.leader = BrokerId(101);
  const ClusterImage next = state.Apply();
  EXPECT_THAT(next.PartitionsOn(BrokerId(100)), SizeIs(1));
  EXPECT_THAT(next.PartitionsOn(BrokerId(101)), SizeIs(1));
  EXPECT_OK(CheckInvariants(next));
}

TEST(DeltaState, ARemovedBrokerIsGone) {
  DeltaState state(ImageBuilder().Broker(100).image());
  state.RemoveBroker(BrokerId(100));
  EXPECT_EQ(state.FindBroker(BrokerId(100)), nullptr);
  EXPECT_EQ(state.Apply().FindBroker(BrokerId(100)), nullptr);
  EXPECT_THAT(state.changes().removed_brokers, SizeIs(1));
}

TEST(DeltaState, SettingsThatAreUnsetLeaveTheirVersion) {
  DeltaState state{ClusterImage()};
  const SettingsKey key{ConfigScope::kCluster, ""};
  state.SetSetting(key, "a", "1", LogIndex(3));
  state.SetSetting(key, "a", std::nullopt, LogIndex(4));
  const ClusterImage next = state.Apply();
  EXPECT_THAT(next.Settings(ConfigScope::kCluster, ""), IsEmpty());
  EXPECT_EQ(SettingsVersion(next, ConfigScope::kCluster, ""), LogIndex(4));
}

}  // namespace
}  // namespace barnabas::image
