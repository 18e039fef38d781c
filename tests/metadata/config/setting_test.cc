#include "metadata/config/setting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

#include "metadata/config/validate.h"
#include "tests/support/matchers.h"

namespace barnabas::config {
namespace {

using image::ConfigScope;

constexpr ConfigScope kScopes[] = {ConfigScope::kCluster, ConfigScope::kBroker,
                                   ConfigScope::kTopic};

TEST(Setting, EveryDefaultIsValidAndCanonical) {
  for (ConfigScope scope : kScopes) {
    for (const Setting* setting : SettingsOf(scope)) {
      EXPECT_THAT(CanonicalValue(*setting, setting->default_value),
                  support::IsOkAndHolds(setting->default_value))
          << setting->key;
    }
  }
}

TEST(Setting, EveryOneIsDescribedAndBounded) {
  for (ConfigScope scope : kScopes) {
    for (const Setting* setting : SettingsOf(scope)) {
      SCOPED_TRACE(setting->key);
      EXPECT_FALSE(setting->doc.empty());
      EXPECT_NE(setting->change, v1::CHANGE_UNSPECIFIED);
      EXPECT_LE(setting->minimum, setting->maximum);
      if (setting->kind != ValueKind::kText) {
        EXPECT_NE(setting->unit, v1::UNIT_UNSPECIFIED);
        EXPECT_GT(setting->minimum, std::numeric_limits<int64_t>::min());
      } else {
        EXPECT_FALSE(setting->choices.empty());
      }
    }
  }
}

TEST(Setting, KeysAreUniqueInEachScope) {
  for (ConfigScope scope : kScopes) {
    std::set<std::string> keys;
    for (const Setting* setting : SettingsOf(scope)) {
      EXPECT_TRUE(keys.insert(setting->key).second) << setting->key;
    }
  }
}

TEST(Setting, TheClusterHoldsDefaultsForAll) {
  EXPECT_NE(FindSetting(ConfigScope::kCluster, "num.partitions"), nullptr);
  EXPECT_NE(FindSetting(ConfigScope::kCluster, "retention.ms"), nullptr);
  EXPECT_NE(FindSetting(ConfigScope::kCluster, "log.flush.interval.ms"),
            nullptr);
  EXPECT_EQ(FindSetting(ConfigScope::kTopic, "num.partitions"), nullptr);
  EXPECT_EQ(FindSetting(ConfigScope::kBroker, "retention.ms"), nullptr);
}

TEST(Setting, BoundsPastTheEndOf64BitsAreItsEnd) {
  EXPECT_EQ(FindSetting(ConfigScope::kTopic, "message.timestamp.before.max.ms")
                ->maximum,
            std::numeric_limits<int64_t>::max());
}

TEST(Setting, AMisspeltKeyHasANearestOne) {
  EXPECT_EQ(NearestKey(ConfigScope::kTopic, "retention.mss"), "retention.ms");
  EXPECT_EQ(NearestKey(ConfigScope::kTopic, "colour"), "");
}

}  // namespace
}  // namespace barnabas::config
