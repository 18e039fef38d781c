#include "metadata/view/setting_scope.h"

#include <gtest/gtest.h>

#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::view {
namespace {

using image::TestId;
using support::HasErrorCode;

absl::StatusOr<SettingScope> Resolve(v1::ScopeKind kind,
                                     const std::string& name) {
  static const image::ClusterImage image =
      image::ImageBuilder()
          .Broker(100)
          .Topic("a", {{100}})
          .Set(image::ConfigScope::kBroker, "100", "k", "v")
          .image();
  v1::ConfigScope scope;
  scope.set_kind(kind);
  scope.set_name(name);
  return ResolveScope(image, scope);
}

TEST(SettingScope, ObjectsAreNamedByPeopleAndByTheImage) {
  ASSERT_OK_AND_ASSIGN(const SettingScope topic,
                       Resolve(v1::SCOPE_KIND_TOPIC, "a"));
  EXPECT_EQ(topic.target.ToString(), "topic/a");
  EXPECT_EQ(topic.key, TestId(1).ToString());
  EXPECT_EQ(topic.version, topic.topic->version);
  ASSERT_OK_AND_ASSIGN(const SettingScope broker,
                       Resolve(v1::SCOPE_KIND_BROKER, "100"));
  EXPECT_EQ(broker.key, "100");
  EXPECT_EQ(broker.version, LogIndex(4));
  ASSERT_OK_AND_ASSIGN(const SettingScope cluster,
                       Resolve(v1::SCOPE_KIND_CLUSTER, ""));
  EXPECT_EQ(cluster.key, "");
  EXPECT_EQ(cluster.version, LogIndex(-1));
}

TEST(SettingScope, WhatNamesNothingIsRefused) {
  EXPECT_THAT(Resolve(v1::SCOPE_KIND_TOPIC, "b"),
              HasErrorCode(ErrorCode::kUnknownTopic));
  EXPECT_THAT(Resolve(v1::SCOPE_KIND_BROKER, "101"),
              HasErrorCode(ErrorCode::kBrokerNotRegistered));
  EXPECT_THAT(Resolve(v1::SCOPE_KIND_BROKER, "x"),
              HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_THAT(Resolve(v1::SCOPE_KIND_BROKER, ""),
              HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_THAT(Resolve(v1::SCOPE_KIND_CLUSTER, "x"),
              HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_THAT(Resolve(v1::SCOPE_KIND_UNSPECIFIED, ""),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

}  // namespace
}  // namespace barnabas::view
