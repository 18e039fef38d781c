#include "metadata/view/health_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/metadata/image/image_builder.h"

namespace barnabas::view {
namespace {

using image::ImageBuilder;
using ::testing::HasSubstr;

void Change(ImageBuilder& builder, int32_t broker, bool fenced, bool draining) {
  builder.Add([&](internal::v1::ClusterRecord& record) {
    auto* change = record.mutable_broker_change();
    change->set_broker_id(broker);
    change->set_broker_epoch(
        builder.image().FindBroker(BrokerId(broker))->epoch.value());
    change->set_fenced(fenced);
    change->set_draining(draining);
  });
}

void LeaderGoes(ImageBuilder& builder, std::string_view topic,
                int32_t partition) {
  builder.Add([&](internal::v1::ClusterRecord& record) {
    auto* change = record.mutable_partition_change();
    change->set_topic_id(builder.image().FindTopic(topic)->id.ToString());
    change->set_partition(partition);
    change->set_leader(-1);
  });
}

TEST(HealthView, AWholeClusterIsHealthy) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("orders", {{100, 101}});
  const auto health = CheckHealth(builder.image(), {{NodeId(2), 20, 3}});
  EXPECT_TRUE(health.healthy());
  EXPECT_EQ(health.findings_size(), 0);
}

TEST(HealthView, TheWorstComesFirstAndNamesWhatToDo) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Broker(102);
  builder.Topic("orders", {{100}, {101}, {100}});
  LeaderGoes(builder, "orders", 0);
  LeaderGoes(builder, "orders", 2);
  Change(builder, 100, true, false);
  Change(builder, 102, false, true);
  const auto health = CheckHealth(
      builder.image(), {{NodeId(2), 9000, 3}, {NodeId(3), 10, 5000}});
  EXPECT_FALSE(health.healthy());
  ASSERT_EQ(health.findings_size(), 5);
  EXPECT_EQ(health.findings(0).kind(), v1::HEALTH_KIND_PARTITION_UNAVAILABLE);
  EXPECT_EQ(health.findings(0).subject(), "topic orders");
  EXPECT_EQ(health.findings(0).message(),
            "2 of 3 partitions without a leader (0, 2): in sync is broker 100 "
            "alone, which is down");
  EXPECT_EQ(health.findings(0).hint(),
            "start broker 100 with its data directory");
  EXPECT_EQ(health.findings(1).kind(), v1::HEALTH_KIND_BROKER_FENCED);
  EXPECT_EQ(health.findings(1).level(), v1::HEALTH_LEVEL_CRITICAL);
  EXPECT_EQ(health.findings(2).kind(), v1::HEALTH_KIND_CONTROLLER_SILENT);
  EXPECT_THAT(health.findings(2).message(), HasSubstr("9 s"));
  EXPECT_EQ(health.findings(3).kind(), v1::HEALTH_KIND_CONTROLLER_LAGGING);
  EXPECT_EQ(health.findings(4).kind(), v1::HEALTH_KIND_BROKER_DRAINING);
}

TEST(HealthView, ReplicasOutOfSyncAreToldAndTooFewOfThemAreWorse) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("orders", {{100, 101}});
  builder.Add([&](internal::v1::ClusterRecord& record) {
    auto* change = record.mutable_partition_change();
    change->set_topic_id(
        builder.image().FindTopic(std::string_view("orders"))->id.ToString());
    change->set_has_isr(true);
    change->add_isr(100);
  });
  auto health = CheckHealth(builder.image(), {});
  ASSERT_EQ(health.findings_size(), 1);
  EXPECT_EQ(health.findings(0).kind(), v1::HEALTH_KIND_UNDER_REPLICATED);
  EXPECT_EQ(health.findings(0).level(), v1::HEALTH_LEVEL_WARNING);
  builder.Set(
      image::ConfigScope::kTopic,
      builder.image().FindTopic(std::string_view("orders"))->id.ToString(),
      "min.insync.replicas", "2");
  health = CheckHealth(builder.image(), {});
  ASSERT_EQ(health.findings_size(), 2);
  EXPECT_EQ(health.findings(0).kind(), v1::HEALTH_KIND_UNDER_MIN_ISR);
}

TEST(HealthView, AVoterThatWasNeverHeardOfIsSilent) {
  const auto health =
      CheckHealth(ImageBuilder().image(), {{NodeId(2), std::nullopt, {}}});
  ASSERT_EQ(health.findings_size(), 1);
  EXPECT_EQ(health.findings(0).subject(), "controller 2");
}

TEST(HealthView, WhatDoesNotFitIsCounted) {
  ImageBuilder builder;
  builder.Broker(100);
  for (int i = 0; i < 1003; ++i) {
    builder.Topic("t" + std::to_string(i), {{100}});
    LeaderGoes(builder, "t" + std::to_string(i), 0);
  }
  const auto health = CheckHealth(builder.image(), {});
  EXPECT_EQ(health.findings_size(), 1000);
  EXPECT_EQ(health.unlisted(), 3);
}

}  // namespace
}  // namespace barnabas::view
