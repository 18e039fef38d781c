#include "metadata/view/feature_view.h"

#include <gtest/gtest.h>

#include "tests/metadata/image/image_builder.h"

namespace barnabas::view {
namespace {

TEST(FeatureView, TellsLevelsAndWhoUnderstandsWhat) {
  image::ImageBuilder builder(1);
  builder.Broker(100);
  const auto response = DescribeFeatures(
      builder.image(), {{NodeId(1), image::UnderstoodFeatures()},
                        {NodeId(2), image::FeatureRanges()},
                        {NodeId(3), std::nullopt}});
  ASSERT_EQ(response.features_size(), 1);
  const v1::FeatureInfo& feature = response.features(0);
  EXPECT_EQ(feature.name(), "metadata");
  EXPECT_EQ(feature.level(), 1);
  EXPECT_EQ(feature.max_level(), 1) << "controller 2 understands no more";
  ASSERT_EQ(feature.nodes_size(), 4);
  EXPECT_TRUE(feature.nodes(0).controller());
  EXPECT_EQ(feature.nodes(0).max_level(), 2);
  EXPECT_EQ(feature.nodes(1).max_level(), 1);
  EXPECT_EQ(feature.nodes(2).max_level(), 0) << "not reached";
  EXPECT_EQ(feature.nodes(3).node_id(), 100);
  EXPECT_FALSE(feature.nodes(3).controller());
}

}  // namespace
}  // namespace barnabas::view
