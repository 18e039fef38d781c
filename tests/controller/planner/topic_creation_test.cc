#include "controller/planner/topic_creation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "proto/types/limits.h"
#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ConfigScope;
using image::ImageBuilder;
using support::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ImageBuilder Brokers(int count) {
  ImageBuilder builder;
  for (int i = 0; i < count; ++i) builder.Broker(100 + i);
  return builder;
}

using Fill = std::function<void(v1::CreateTopic&)>;

absl::Status Create(ImageBuilder& builder, const std::string& name,
                    const Fill& fill, v1::TopicResult* result = nullptr,
                    int32_t in_sync_max = kReplicationFactorMax) {
  PlanContext context = ContextOf(builder);
  context.in_sync_max = in_sync_max;
  TopicCreation creation(context);
  v1::CreateTopic topic;
  topic.set_name(name);
  fill(topic);
  v1::TopicResult scratch;
  const absl::Status status =
      creation.Add(topic, result == nullptr ? scratch : *result);
  const Records records = creation.TakeRecords();
  if (!status.ok()) {
    EXPECT_THAT(records, IsEmpty()) << "a refused topic leaves nothing";
    return status;
  }
  Apply(records, builder);
  return status;
}

void Nothing(v1::CreateTopic&) {}

v1::SettingValue* Set(v1::CreateTopic& topic, const std::string& key,
                      const std::string& value) {
  v1::SettingValue* setting = topic.add_settings();
  setting->set_key(key);
  setting->set_value(value);
  return setting;
}

const image::SettingMap& Overrides(const ImageBuilder& builder,
                                   std::string_view name) {
  return builder.image().Settings(
      ConfigScope::kTopic, builder.image().FindTopic(name)->id.ToString());
}

TEST(TopicCreation, MoreReplicasThanAreKeptInSyncAreTakenWithAWarning) {
  ImageBuilder builder = Brokers(3);
  v1::TopicResult result;
  EXPECT_OK(Create(builder, "usual", Nothing, &result, 1));
  EXPECT_EQ(result.replication_factor(), 1) << "unless one asks for more";
  EXPECT_EQ(result.warning(), "");
  EXPECT_OK(Create(
      builder, "wanted",
      [](v1::CreateTopic& topic) { topic.set_replication_factor(3); }, &result,
      1));
  EXPECT_EQ(result.replication_factor(), 3);
  EXPECT_THAT(result.warning(), HasSubstr("the leader alone is in sync"));
  const image::TopicState& made =
      *builder.image().FindTopic(std::string_view("wanted"));
  const image::PartitionState& partition = made.partitions[0];
  EXPECT_EQ(partition.replicas.size(), 3u);
  EXPECT_THAT(partition.isr, ElementsAre(partition.replicas[0]));
  EXPECT_EQ(partition.leader, partition.replicas[0]);
  EXPECT_THAT(
      builder.image().Settings(image::ConfigScope::kTopic, made.id.ToString()),
      IsEmpty())
      << "two in sync by default would refuse every produce";
  EXPECT_OK(Create(
      builder, "strict",
      [](v1::CreateTopic& topic) {
        topic.set_replication_factor(3);
        Set(topic, "min.insync.replicas", "2");
      },
      &result, 1));
  EXPECT_THAT(result.warning(), HasSubstr("produce with acks=all is refused"));
  EXPECT_THAT(
      Create(
          builder, "many",
          [](v1::CreateTopic& topic) { topic.set_replication_factor(4); },
          nullptr, 1),
      HasErrorCode(ErrorCode::kInvalidReplicationFactor));
}

TEST(TopicCreation, DefaultsAreOnePartitionAndUpToThreeReplicas) {
  for (int brokers = 1; brokers <= 4; ++brokers) {
    ImageBuilder builder = Brokers(brokers);
    v1::TopicResult result;
    ASSERT_OK(Create(builder, "a", Nothing, &result));
    EXPECT_EQ(result.partitions(), 1);
    EXPECT_EQ(result.replication_factor(), std::min(brokers, 3));
    EXPECT_EQ(result.brokers_size(), std::min(brokers, 3));
    const image::TopicState* topic = builder.image().FindTopic("a");
    EXPECT_EQ(topic->id.ToString(), result.id());
    EXPECT_EQ(topic->version, builder.image().version());
    EXPECT_EQ(topic->partitions[0].leader, topic->partitions[0].replicas[0]);
    EXPECT_EQ(topic->partitions[0].isr, topic->partitions[0].replicas);
  }
}

TEST(TopicCreation, WithThreeReplicasTheMinimumIsrBecomesTwo) {
  ImageBuilder builder = Brokers(3);
  ASSERT_OK(Create(builder, "three", Nothing));
  EXPECT_EQ(Overrides(builder, "three").at("min.insync.replicas"), "2");
  ASSERT_OK(Create(builder, "two",
                   [](auto& topic) { topic.set_replication_factor(2); }));
  EXPECT_THAT(Overrides(builder, "two"), IsEmpty());
  ASSERT_OK(Create(builder, "given", [](auto& topic) {
    Set(topic, "min.insync.replicas", "1");
  }));
  EXPECT_EQ(Overrides(builder, "given").at("min.insync.replicas"), "1");
  builder.Set(ConfigScope::kCluster, "", "min.insync.replicas", "3");
  ASSERT_OK(Create(builder, "common", Nothing));
  EXPECT_THAT(Overrides(builder, "common"), IsEmpty());
}

TEST(TopicCreation, TheClustersDefaultsCount) {
  ImageBuilder builder = Brokers(3);
  builder.Set(ConfigScope::kCluster, "", "num.partitions", "6");
  builder.Set(ConfigScope::kCluster, "", "default.replication.factor", "1");
  v1::TopicResult result;
  ASSERT_OK(Create(builder, "a", Nothing, &result));
  EXPECT_EQ(result.partitions(), 6);
  EXPECT_EQ(result.replication_factor(), 1);
  EXPECT_EQ(result.brokers_size(), 3);
}

TEST(TopicCreation, SettingsAreRecordedCanonically) {
  ImageBuilder builder = Brokers(1);
  ASSERT_OK(Create(builder, "a", [](auto& topic) {
    Set(topic, "retention.ms", "7d");
    Set(topic, "flush", "os");
    Set(topic, "segment.ms", "x")->clear_value();
  }));
  EXPECT_EQ(Overrides(builder, "a").at("retention.ms"), "604800000");
  EXPECT_EQ(Overrides(builder, "a").size(), 2u);
}

TEST(TopicCreation, NamesAreChecked) {
  ImageBuilder builder = Brokers(1);
  ASSERT_OK(Create(builder, "a.b", Nothing));
  EXPECT_THAT(Create(builder, "a.b", Nothing),
              HasErrorCode(ErrorCode::kTopicAlreadyExists));
  EXPECT_THAT(Create(builder, "a/b", Nothing),
              HasErrorCode(ErrorCode::kInvalidTopicName));
  const absl::Status collision = Create(builder, "a_b", Nothing);
  EXPECT_THAT(collision, HasErrorCode(ErrorCode::kInvalidTopicName));
  EXPECT_THAT(std::string(collision.message()),
              HasSubstr("collides with topic \"a.b\""));
}

TEST(TopicCreation, CountsAreChecked) {
  ImageBuilder builder = Brokers(2);
  for (int32_t count : {0, -1, kPartitionsPerTopicMax + 1}) {
    EXPECT_THAT(
        Create(builder, "a", [&](auto& topic) { topic.set_partitions(count); }),
        HasErrorCode(ErrorCode::kInvalidPartitionCount));
  }
  EXPECT_THAT(Create(builder, "a",
                     [](auto& topic) { topic.set_replication_factor(3); }),
              HasErrorCode(ErrorCode::kInvalidReplicationFactor));
  ImageBuilder none;
  EXPECT_THAT(Create(none, "a", Nothing),
              HasErrorCode(ErrorCode::kBrokerNotAvailable));
}

TEST(TopicCreation, SettingsAreChecked) {
  ImageBuilder builder = Brokers(2);
  EXPECT_THAT(
      Create(builder, "a", [](auto& topic) { Set(topic, "flsh", "os"); }),
      HasErrorCode(ErrorCode::kInvalidSetting));
  const absl::Status status = Create(builder, "a", [](auto& topic) {
    Set(topic, "min.insync.replicas", "3");
  });
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("3 > replication factor 2"));
}

TEST(TopicCreation, AnAssignmentByHandIsTakenAsItIs) {
  ImageBuilder builder = Brokers(3);
  ASSERT_OK(Create(builder, "a", [](auto& topic) {
    for (int first : {100, 101}) {
      v1::ReplicaAssignment* list = topic.add_assignments();
      list->add_brokers(first);
      list->add_brokers(102);
    }
    topic.set_partitions(2);
    topic.set_replication_factor(2);
  }));
  const image::TopicState* topic = builder.image().FindTopic("a");
  EXPECT_THAT(topic->partitions[1].replicas,
              ElementsAre(BrokerId(101), BrokerId(102)));
}

TEST(TopicCreation, CountsBesideAnAssignmentMustAgree) {
  ImageBuilder builder = Brokers(3);
  const auto hand = [](v1::CreateTopic& topic) {
    topic.add_assignments()->add_brokers(100);
  };
  EXPECT_THAT(Create(builder, "a",
                     [&](auto& topic) {
                       hand(topic);
                       topic.set_partitions(2);
                     }),
              HasErrorCode(ErrorCode::kInvalidReplicaAssignment));
  EXPECT_THAT(Create(builder, "a",
                     [&](auto& topic) {
                       hand(topic);
                       topic.set_replication_factor(2);
                     }),
              HasErrorCode(ErrorCode::kInvalidReplicaAssignment));
}

TEST(TopicCreation, OneCallIsOneEntryOfBoundedSize) {
  ImageBuilder builder = Brokers(1);
  TopicCreation creation(ContextOf(builder));
  v1::CreateTopic topic;
  topic.set_partitions(kPartitionsPerTopicMax);
  v1::TopicResult result;
  topic.set_name("a");
  EXPECT_OK(creation.Add(topic, result));
  topic.set_name("b");
  EXPECT_THAT(creation.Add(topic, result),
              HasErrorCode(ErrorCode::kLimitExceeded));
  topic.set_partitions(1);
  EXPECT_OK(creation.Add(topic, result));
}

}  // namespace
}  // namespace barnabas::planner
