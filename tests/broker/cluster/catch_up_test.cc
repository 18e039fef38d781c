#include "broker/cluster/catch_up.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/metadata/image/image_builder.h"

namespace barnabas::broker {
namespace {

// Images of versions 0, 1, 2, ...
class CatchUpTest : public testing::Test {
 protected:
  image::ClusterImage Next() {
    const image::ClusterImage now = builder_.image();
    builder_.Topic("t" + std::to_string(now.version().value()), {{100}});
    return now;
  }

  image::ImageBuilder builder_;
  CatchUp catch_up_;
};

TEST_F(CatchUpTest, APieceOfTheMetadataIsNotObeyed) {
  builder_.Broker(100);
  const int64_t begin = builder_.image().version().value();
  catch_up_.OnRegistered(BrokerEpoch(begin + 2));
  catch_up_.OnImage(Next());
  EXPECT_FALSE(catch_up_.Take().has_value());
  catch_up_.OnImage(Next());
  EXPECT_FALSE(catch_up_.Take().has_value());
  catch_up_.OnImage(Next());
  const auto image = catch_up_.Take();
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->version(), LogIndex(begin + 2));
}

TEST_F(CatchUpTest, NothingIsObeyedBeforeTheRegistration) {
  builder_.Broker(100);
  const image::ClusterImage image = Next();
  catch_up_.OnImage(image);
  EXPECT_FALSE(catch_up_.Take().has_value());
  catch_up_.OnRegistered(BrokerEpoch(image.version().value()));
  const auto taken = catch_up_.Take();
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->version(), image.version());
}

TEST_F(CatchUpTest, AnImageIsGivenOnce) {
  builder_.Broker(100);
  catch_up_.OnRegistered(BrokerEpoch(0));
  EXPECT_FALSE(catch_up_.Take().has_value());
  catch_up_.OnImage(Next());
  EXPECT_TRUE(catch_up_.Take().has_value());
  EXPECT_FALSE(catch_up_.Take().has_value());
}

TEST_F(CatchUpTest, ALaterRegistrationHoldsNothingBack) {
  builder_.Broker(100);
  const image::ClusterImage image = Next();
  catch_up_.OnRegistered(BrokerEpoch(image.version().value()));
  catch_up_.OnImage(image);
  EXPECT_TRUE(catch_up_.Take().has_value());
  catch_up_.OnRegistered(BrokerEpoch(image.version().value() + 100));
  catch_up_.OnImage(Next());
  EXPECT_TRUE(catch_up_.Take().has_value());
}

}  // namespace
}  // namespace barnabas::broker
