#include "metadata/image/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metadata/image/image_diff.h"
#include "metadata/image/snapshot.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::image {
namespace {

using support::HasErrorCode;

absl::Status Raise(ImageBuilder& builder, const std::string& name,
                   int32_t level) {
  ImageBuilder::Records records(1);
  records[0].mutable_feature_level()->set_name(name);
  records[0].mutable_feature_level()->set_level(level);
  return builder.TryAppend(records);
}

TEST(Features, WhatNobodyRaisedStandsAtOne) {
  EXPECT_EQ(LevelOf(ClusterImage(), kMetadataFeature), 1);
  EXPECT_EQ(LevelOf(ImageBuilder(1).image(), kMetadataFeature), 1);
  EXPECT_EQ(RangeOf({}, "any"), (FeatureRange{"any", 1, 1}));
}

TEST(Features, LevelsRiseAndAreNotForgottenBySnapshots) {
  ImageBuilder builder(1);
  builder.Broker(100);
  const ClusterImage before = builder.image();
  ASSERT_OK(Raise(builder, kMetadataFeature, 2));
  EXPECT_EQ(LevelOf(builder.image(), kMetadataFeature), 2);
  EXPECT_TRUE(ChangesBetween(before, builder.image()).features);
  ASSERT_OK_AND_ASSIGN(const ClusterImage again,
                       ReplaySnapshot(SnapshotOf(builder.image())));
  EXPECT_EQ(LevelOf(again, kMetadataFeature), 2);
  EXPECT_TRUE(SameImage(again, builder.image()));
  EXPECT_EQ(again.FindBroker(BrokerId(100))->features, UnderstoodFeatures());
  EXPECT_THAT(Raise(builder, kMetadataFeature, 1),
              HasErrorCode(ErrorCode::kCorruptLog));
}

TEST(Features, ALevelThatIsNotUnderstoodStopsTheReplay) {
  ImageBuilder builder;
  EXPECT_THAT(Raise(builder, kMetadataFeature, 3),
              HasErrorCode(ErrorCode::kUnsupportedFormat));
  EXPECT_THAT(Raise(builder, "unheard-of", 2),
              HasErrorCode(ErrorCode::kUnsupportedFormat));
  EXPECT_THAT(Raise(builder, kMetadataFeature, 0),
              HasErrorCode(ErrorCode::kUnsupportedFormat));
}

}  // namespace
}  // namespace barnabas::image
