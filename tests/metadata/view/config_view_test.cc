#include "metadata/view/config_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metadata/config/setting.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::view {
namespace {

using image::ConfigScope;
using support::HasErrorCode;
using ::testing::HasSubstr;

v1::DescribeConfigRequest Ask(v1::ScopeKind kind, const std::string& name) {
  v1::DescribeConfigRequest request;
  request.mutable_scope()->set_kind(kind);
  request.mutable_scope()->set_name(name);
  return request;
}

image::ClusterImage Image() {
  return image::ImageBuilder()
      .Broker(100)
      .Topic("a", {{100}})
      .Set(ConfigScope::kTopic, image::TestId(1).ToString(), "flush", "os")
      .image();
}

TEST(ConfigView, EverySettingOfTheScopeIsDescribed) {
  ASSERT_OK_AND_ASSIGN(const v1::DescribeConfigResponse response,
                       DescribeConfig(Image(), Ask(v1::SCOPE_KIND_TOPIC, "a")));
  EXPECT_EQ(response.settings_size(),
            static_cast<int>(config::SettingsOf(ConfigScope::kTopic).size()));
  EXPECT_EQ(response.version(), Image().version().value());
  for (const v1::DescribedSetting& setting : response.settings()) {
    EXPECT_FALSE(setting.doc().empty());
    if (setting.key() == "flush") {
      EXPECT_EQ(setting.value(), "os");
      EXPECT_EQ(setting.origin(), v1::ORIGIN_TOPIC);
      EXPECT_EQ(setting.default_value(), "disk");
      EXPECT_EQ(setting.choices_size(), 2);
      EXPECT_FALSE(setting.has_minimum());
    } else {
      EXPECT_EQ(setting.origin(), v1::ORIGIN_DEFAULT);
    }
  }
}

TEST(ConfigView, KeysChoose) {
  v1::DescribeConfigRequest request = Ask(v1::SCOPE_KIND_CLUSTER, "");
  request.add_keys("num.partitions");
  ASSERT_OK_AND_ASSIGN(const v1::DescribeConfigResponse response,
                       DescribeConfig(Image(), request));
  ASSERT_EQ(response.settings_size(), 1);
  EXPECT_EQ(response.settings(0).value(), "1");
  EXPECT_EQ(response.settings(0).minimum(), 1);
  request.add_keys("num.partitoins");
  const auto refused = DescribeConfig(Image(), request);
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("did you mean \"num.partitions\"?"));
}

TEST(ConfigView, AnUnknownObjectIsRefused) {
  EXPECT_THAT(DescribeConfig(Image(), Ask(v1::SCOPE_KIND_TOPIC, "b")),
              HasErrorCode(ErrorCode::kUnknownTopic));
}

}  // namespace
}  // namespace barnabas::view
