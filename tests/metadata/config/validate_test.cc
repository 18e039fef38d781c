#include "metadata/config/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/types/error_proto.h"
#include "tests/support/matchers.h"

namespace barnabas::config {
namespace {

using image::ConfigScope;
using support::HasErrorCode;
using support::IsOkAndHolds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Asked = std::vector<std::pair<std::string, std::optional<std::string>>>;

absl::StatusOr<std::vector<SettingChange>> Validate(
    ConfigScope scope, const Asked& asked,
    const image::SettingMap& current = {}) {
  SettingList list;
  for (const auto& [key, value] : asked) {
    v1::SettingValue* added = list.Add();
    added->set_key(key);
    if (value.has_value()) added->set_value(*value);
  }
  return ValidateChanges({scope, "orders"}, current, list);
}

std::string Message(const absl::StatusOr<std::vector<SettingChange>>& result) {
  return std::string(result.status().message());
}

TEST(Validate, ValuesAreRecordedWithoutUnits) {
  EXPECT_THAT(
      Validate(ConfigScope::kTopic, {{"retention.ms", "7d"},
                                     {"segment.bytes", "64MiB"},
                                     {"flush", "os"},
                                     {"min.insync.replicas", "2"},
                                     {"retention.bytes", "-1"}}),
      IsOkAndHolds(ElementsAre(
          Pair("retention.ms", "604800000"), Pair("segment.bytes", "67108864"),
          Pair("flush", "os"), Pair("min.insync.replicas", "2"),
          Pair("retention.bytes", "-1"))));
}

TEST(Validate, RatiosAreDecimalNumbers) {
  const std::string key = "min.cleanable.dirty.ratio";
  EXPECT_THAT(Validate(ConfigScope::kTopic, {{key, "0.250"}}),
              IsOkAndHolds(ElementsAre(Pair(key, "0.25"))));
  for (const char* text : {"1.01", "-0.1", "half", "", "nan", "0.5x"}) {
    EXPECT_THAT(Message(Validate(ConfigScope::kTopic, {{key, text}})),
                HasSubstr("is not a number from 0 to 1"))
        << text;
  }
}

TEST(Validate, TheLeastCompactionLagIsNotAboveTheMost) {
  EXPECT_THAT(
      Message(Validate(ConfigScope::kTopic, {{"max.compaction.lag.ms", "1s"}},
                       {{"min.compaction.lag.ms", "2000"}})),
      HasSubstr("2000 > max.compaction.lag.ms 1000"));
}

TEST(Validate, AnAbsentValueUnsets) {
  EXPECT_THAT(
      Validate(ConfigScope::kTopic, {{"flush", std::nullopt}}),
      IsOkAndHolds(ElementsAre(Pair("flush", std::optional<std::string>()))));
}

TEST(Validate, AnUnknownKeyIsRefusedWithTheNearestOne) {
  const auto result = Validate(ConfigScope::kTopic, {{"retention.mss", "1"}});
  EXPECT_THAT(result, HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_EQ(Message(result),
            "unknown topic setting \"retention.mss\"; did you mean "
            "\"retention.ms\"?");
  EXPECT_EQ(HintOf(result.status()), "barnabas config describe topic/orders");
  const v1::Error error = ToProto(result.status());
  EXPECT_EQ(error.setting().name(), "retention.mss");
  EXPECT_EQ(error.setting().nearest(), "retention.ms");
}

TEST(Validate, ASettingOfAnotherScopeIsUnknown) {
  EXPECT_THAT(Message(Validate(ConfigScope::kBroker, {{"flush", "os"}})),
              HasSubstr("it belongs to a topic or to the cluster"));
  EXPECT_THAT(Validate(ConfigScope::kCluster, {{"flush", "os"}}),
              support::IsOk());
}

TEST(Validate, ValuesOutOfBoundsNameTheBound) {
  EXPECT_EQ(Message(Validate(ConfigScope::kTopic, {{"segment.bytes", "1KiB"}})),
            "setting \"segment.bytes\": 1024 < minimum 65536 bytes");
  EXPECT_EQ(
      Message(Validate(ConfigScope::kTopic, {{"min.insync.replicas", "17"}})),
      "setting \"min.insync.replicas\": 17 > maximum 16");
  EXPECT_EQ(Message(Validate(ConfigScope::kTopic, {{"flush", "never"}})),
            "setting \"flush\": \"never\" is not one of disk, os");
  EXPECT_THAT(Message(Validate(ConfigScope::kTopic, {{"retention.ms", "x"}})),
              HasSubstr("\"x\" is not a whole number of milliseconds"));
  EXPECT_THAT(
      Message(Validate(ConfigScope::kTopic, {{"min.insync.replicas", ""}})),
      HasSubstr("\"\" is not a whole number"));
}

TEST(Validate, AllFaultsAreListed) {
  const auto result = Validate(ConfigScope::kTopic, {{"flsh", "os"},
                                                     {"segment.bytes", "1"},
                                                     {"retention.ms", "1"},
                                                     {"retention.ms", "2"}});
  EXPECT_THAT(result, HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(Message(result),
              AllOf(HasSubstr("3 faults: "), HasSubstr("\"flsh\""),
                    HasSubstr("1 < minimum 65536"),
                    HasSubstr("\"retention.ms\" is given twice")));
}

TEST(Validate, JitterMayNotExceedTheAgeItIsTakenFrom) {
  EXPECT_THAT(Validate(ConfigScope::kTopic,
                       {{"segment.jitter.ms", "20"}, {"segment.ms", "10"}}),
              HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(Validate(ConfigScope::kTopic, {{"segment.ms", "10"}},
                       {{"segment.jitter.ms", "20"}}),
              HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(
      Validate(ConfigScope::kTopic,
               {{"segment.ms", "10"}, {"segment.jitter.ms", std::nullopt}},
               {{"segment.jitter.ms", "20"}}),
      support::IsOk());
}

TEST(Validate, TargetsAreSpeltAsCommandsDo) {
  EXPECT_EQ((SettingTarget{ConfigScope::kTopic, "orders"}.ToString()),
            "topic/orders");
  EXPECT_EQ((SettingTarget{ConfigScope::kBroker, "100"}.ToString()),
            "broker/100");
  EXPECT_EQ((SettingTarget{ConfigScope::kCluster, ""}.ToString()), "cluster");
}

}  // namespace
}  // namespace barnabas::config
