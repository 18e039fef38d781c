#include "metadata/image/scope_name.h"

#include <gtest/gtest.h>

namespace barnabas::image {
namespace {

TEST(ScopeName, EveryScopeIsReadBackFromItsName) {
  for (ConfigScope scope :
       {ConfigScope::kCluster, ConfigScope::kBroker, ConfigScope::kTopic}) {
    EXPECT_EQ(ParseScope(NameOf(scope)), scope);
  }
  EXPECT_EQ(ParseScope("client"), std::nullopt);
  EXPECT_EQ(ParseScope(""), std::nullopt);
}

}  // namespace
}  // namespace barnabas::image
