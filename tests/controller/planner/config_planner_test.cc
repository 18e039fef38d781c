#include "controller/planner/config_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "metadata/image/image_parts.h"
#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ConfigScope;
using image::ImageBuilder;
using image::TestId;
using support::HasErrorCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ImageBuilder Cluster() {
  ImageBuilder builder;
  builder.Broker(100).Topic("a", {{100}}).Topic("b", {{100}});
  return builder;
}

template <typename Item>
void Set(Item& item, const std::string& key,
         const std::optional<std::string>& value) {
  v1::SettingValue* setting = item.add_settings();
  setting->set_key(key);
  if (value.has_value()) setting->set_value(*value);
}

v1::AlterTopicsRequest AlterRequest(const std::string& name,
                                    const std::string& key,
                                    const std::optional<std::string>& value) {
  v1::AlterTopicsRequest request;
  request.add_topics()->set_name(name);
  Set(*request.mutable_topics(0), key, value);
  return request;
}

v1::AlterConfig* AddScope(v1::AlterConfigRequest& request, v1::ScopeKind kind,
                          const std::string& name) {
  v1::AlterConfig* change = request.add_changes();
  change->mutable_scope()->set_kind(kind);
  change->mutable_scope()->set_name(name);
  return change;
}

TEST(AlterTopics, SetsAndUnsets) {
  ImageBuilder builder = Cluster();
  const auto& settings = [&]() -> const image::SettingMap& {
    return builder.image().Settings(ConfigScope::kTopic, TestId(1).ToString());
  };
  ASSERT_OK_AND_ASSIGN(
      auto planned,
      PlanAlterTopics(ContextOf(builder), AlterRequest("a", "flush", "os")));
  EXPECT_EQ(planned.response.results(0).version(),
            builder.image().version().value() + 1);
  Apply(planned.records, builder);
  EXPECT_EQ(settings().at("flush"), "os");
  ASSERT_OK_AND_ASSIGN(
      planned, PlanAlterTopics(ContextOf(builder),
                               AlterRequest("a", "flush", std::nullopt)));
  Apply(planned.records, builder);
  EXPECT_THAT(settings(), IsEmpty());
}

TEST(AlterTopics, AValueThatHoldsAlreadyWritesNothing) {
  ImageBuilder builder = Cluster();
  builder.Set(ConfigScope::kTopic, TestId(1).ToString(), "retention.ms",
              "60000");
  ASSERT_OK_AND_ASSIGN(
      auto planned, PlanAlterTopics(ContextOf(builder),
                                    AlterRequest("a", "retention.ms", "1m")));
  EXPECT_THAT(planned.records, IsEmpty());
  EXPECT_FALSE(planned.response.results(0).has_error());
  EXPECT_EQ(planned.response.results(0).version(),
            builder.image().version().value());
  ASSERT_OK_AND_ASSIGN(
      planned, PlanAlterTopics(ContextOf(builder),
                               AlterRequest("a", "flush", std::nullopt)));
  EXPECT_THAT(planned.records, IsEmpty());
}

TEST(AlterTopics, OneBadSettingRefusesTheWholeItemAndNoOther) {
  ImageBuilder builder = Cluster();
  v1::AlterTopicsRequest request = AlterRequest("a", "flush", "os");
  Set(*request.mutable_topics(0), "flsh", "os");
  request.add_topics()->set_name("b");
  Set(*request.mutable_topics(1), "flush", "os");
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanAlterTopics(ContextOf(builder), request));
  const v1::Error& error = planned.response.results(0).error();
  EXPECT_EQ(error.code(), v1::ERROR_CODE_INVALID_SETTING);
  EXPECT_EQ(error.message(),
            "topic \"a\" not altered: unknown topic setting \"flsh\"; did you "
            "mean \"flush\"?");
  EXPECT_EQ(error.setting().nearest(), "flush");
  EXPECT_FALSE(planned.response.results(1).has_error());
  EXPECT_THAT(planned.records, SizeIs(1));
}

TEST(AlterTopics, VersionsNamesAndSenseAreChecked) {
  ImageBuilder builder = Cluster();
  v1::AlterTopicsRequest request = AlterRequest("a", "flush", "os");
  request.mutable_topics(0)->set_expected_version(1);
  *request.add_topics() = AlterRequest("none", "flush", "os").topics(0);
  request.add_topics()->set_name("b");
  ASSERT_OK_AND_ASSIGN(auto planned,
                       PlanAlterTopics(ContextOf(builder), request));
  const auto& results = planned.response.results();
  EXPECT_EQ(results[0].error().code(), v1::ERROR_CODE_VERSION_MISMATCH);
  EXPECT_EQ(results[0].error().conflict().expected_version(), 1);
  EXPECT_EQ(results[1].error().code(), v1::ERROR_CODE_UNKNOWN_TOPIC);
  EXPECT_EQ(results[2].error().code(), v1::ERROR_CODE_NOTHING_TO_CHANGE);
  ASSERT_OK_AND_ASSIGN(
      planned, PlanAlterTopics(ContextOf(builder),
                               AlterRequest("a", "min.insync.replicas", "2")));
  EXPECT_THAT(planned.response.results(0).error().message(),
              HasSubstr("2 > replication factor 1"));
}

TEST(AlterTopics, ATopicNamedTwiceIsRefusedTheSecondTime) {
  ImageBuilder builder = Cluster();
  v1::AlterTopicsRequest request = AlterRequest("a", "flush", "os");
  *request.add_topics() = request.topics(0);
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanAlterTopics(ContextOf(builder), request));
  EXPECT_FALSE(planned.response.results(0).has_error());
  EXPECT_EQ(planned.response.results(1).error().code(),
            v1::ERROR_CODE_INVALID_REQUEST);
}

TEST(AlterTopics, ValidateOnlyRecordsNothing) {
  ImageBuilder builder = Cluster();
  v1::AlterTopicsRequest request = AlterRequest("a", "flush", "os");
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanAlterTopics(ContextOf(builder), request));
  EXPECT_THAT(planned.records, IsEmpty());
  EXPECT_EQ(planned.response.results(0).version(),
            builder.image().FindTopic("a")->version.value());
}

TEST(AlterConfig, EveryScopeHasItsOwnSettings) {
  ImageBuilder builder = Cluster();
  v1::AlterConfigRequest request;
  Set(*AddScope(request, v1::SCOPE_KIND_CLUSTER, ""), "num.partitions", "3");
  Set(*AddScope(request, v1::SCOPE_KIND_BROKER, "100"), "log.flush.interval.ms",
      "2s");
  Set(*AddScope(request, v1::SCOPE_KIND_TOPIC, "a"), "flush", "os");
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanAlterConfig(ContextOf(builder), request));
  for (const auto& result : planned.response.results()) {
    EXPECT_FALSE(result.has_error()) << result.error().message();
    EXPECT_EQ(result.version(), builder.image().version().value() + 1);
  }
  Apply(planned.records, builder);
  const image::ClusterImage& image = builder.image();
  EXPECT_EQ(image.Settings(ConfigScope::kCluster, "").at("num.partitions"),
            "3");
  EXPECT_EQ(
      image.Settings(ConfigScope::kBroker, "100").at("log.flush.interval.ms"),
      "2000");
  EXPECT_EQ(SettingsVersion(image, ConfigScope::kBroker, "100"),
            image.version());
}

TEST(AlterConfig, BadScopesAndVersionsAreRefused) {
  ImageBuilder builder = Cluster();
  builder.Set(ConfigScope::kCluster, "", "num.partitions", "2");
  v1::AlterConfigRequest request;
  v1::AlterConfig* cluster = AddScope(request, v1::SCOPE_KIND_CLUSTER, "");
  Set(*cluster, "num.partitions", "3");
  cluster->set_expected_version(-1);
  Set(*AddScope(request, v1::SCOPE_KIND_BROKER, "101"), "log.flush.interval.ms",
      "2s");
  Set(*AddScope(request, v1::SCOPE_KIND_UNSPECIFIED, ""), "x", "y");
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanAlterConfig(ContextOf(builder), request));
  const auto& results = planned.response.results();
  EXPECT_EQ(results[0].error().code(), v1::ERROR_CODE_VERSION_MISMATCH);
  EXPECT_EQ(results[1].error().code(), v1::ERROR_CODE_BROKER_NOT_REGISTERED);
  EXPECT_THAT(results[1].error().message(),
              HasSubstr("settings of \"broker/101\" not altered"));
  EXPECT_EQ(results[2].error().code(), v1::ERROR_CODE_INVALID_REQUEST);
  EXPECT_THAT(planned.records, IsEmpty());
  EXPECT_THAT(PlanAlterConfig(ContextOf(builder), {}),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

}  // namespace
}  // namespace barnabas::planner
