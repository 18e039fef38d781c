#include "metadata/config/effective.h"

#include <gtest/gtest.h>

#include "tests/metadata/image/image_builder.h"

namespace barnabas::config {
namespace {

using image::ConfigScope;
using image::ImageBuilder;
using image::TestId;

ImageBuilder OneTopic() {
  ImageBuilder builder;
  builder.Broker(100).Topic("a", {{100}});
  return builder;
}

TEST(Effective, WithoutOverridesTheDefaultHolds) {
  const auto image = OneTopic().image();
  const EffectiveValue value =
      Effective(image, *FindSetting(ConfigScope::kTopic, "retention.ms"),
                TestId(1).ToString());
  EXPECT_EQ(value.value, "604800000");
  EXPECT_EQ(value.origin, v1::ORIGIN_DEFAULT);
}

TEST(Effective, TheClustersValueHoldsForAllAndTheTopicsOwnBeforeIt) {
  ImageBuilder builder = OneTopic();
  builder.Set(ConfigScope::kCluster, "", "retention.ms", "5");
  const Setting& setting = *FindSetting(ConfigScope::kTopic, "retention.ms");
  const std::string id = TestId(1).ToString();
  EXPECT_EQ(Effective(builder.image(), setting, id).value, "5");
  EXPECT_EQ(Effective(builder.image(), setting, id).origin, v1::ORIGIN_CLUSTER);
  builder.Set(ConfigScope::kTopic, id, "retention.ms", "6");
  EXPECT_EQ(Effective(builder.image(), setting, id).value, "6");
  EXPECT_EQ(Effective(builder.image(), setting, id).origin, v1::ORIGIN_TOPIC);
  EXPECT_EQ(Effective(builder.image(), setting, "").value, "5");
}

TEST(Effective, BrokersFollowTheSameRule) {
  ImageBuilder builder = OneTopic();
  builder.Set(ConfigScope::kCluster, "", "log.flush.interval.ms", "50");
  builder.Set(ConfigScope::kBroker, "100", "log.flush.interval.ms", "60");
  EXPECT_EQ(
      BrokerConfigOf(builder.image(), BrokerId(100)).log_flush_interval_ms(),
      60);
  EXPECT_EQ(
      BrokerConfigOf(builder.image(), BrokerId(101)).log_flush_interval_ms(),
      50);
}

TEST(Effective, TheTypedValuesAreTheDefaultsOfTheTable) {
  const EffectiveTopicConfig config =
      EffectiveTopicConfigOf(OneTopic().image(), TestId(1));
  EXPECT_EQ(config.retention_ms, 604800000);
  EXPECT_EQ(config.retention_bytes, -1);
  EXPECT_EQ(config.segment_bytes, 1073741824);
  EXPECT_EQ(config.message_bytes_max, 1048588);
  EXPECT_EQ(config.min_insync_replicas, 1);
  EXPECT_EQ(config.flush, FlushMode::kDisk);
  EXPECT_EQ(config.timestamp, TimestampMode::kCreateTime);
}

TEST(Effective, TypedValuesFollowOverrides) {
  ImageBuilder builder = OneTopic();
  const std::string id = TestId(1).ToString();
  builder.Set(ConfigScope::kTopic, id, "flush", "os")
      .Set(ConfigScope::kTopic, id, "message.timestamp.type", "LogAppendTime");
  const EffectiveTopicConfig config =
      EffectiveTopicConfigOf(builder.image(), TestId(1));
  EXPECT_EQ(config.flush, FlushMode::kOs);
  EXPECT_EQ(config.timestamp, TimestampMode::kLogAppendTime);
}

TEST(Effective, TheMinimumIsrNeverExceedsTheReplicationFactor) {
  ImageBuilder builder = OneTopic();
  builder.Set(ConfigScope::kCluster, "", "min.insync.replicas", "2");
  EXPECT_EQ(
      EffectiveTopicConfigOf(builder.image(), TestId(1)).min_insync_replicas,
      1);
}

TEST(Effective, ATextThatThisVersionCannotReadCountsAsAbsent) {
  ImageBuilder builder = OneTopic();
  builder.Set(ConfigScope::kCluster, "", "num.partitions", "many");
  EXPECT_EQ(ClusterConfigOf(builder.image()).num_partitions(), 1);
  EXPECT_EQ(ClusterConfigOf(builder.image()).broker_session_timeout_ms(), 3000);
}

}  // namespace
}  // namespace barnabas::config
