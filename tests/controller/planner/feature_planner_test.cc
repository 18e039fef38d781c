#include "controller/planner/feature_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "metadata/image/features.h"
#include "tests/controller/planner/registrations.h"
#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

FeatureUpdates Raise(
    const std::string& name, int32_t level,
    std::optional<image::FeatureRanges> voter = image::UnderstoodFeatures()) {
  FeatureUpdates updates;
  updates.voters.push_back({NodeId(1), std::move(voter)});
  v1::FeatureUpdate* update = updates.request.add_updates();
  update->set_name(name);
  update->set_level(level);
  return updates;
}

v1::FeatureResult Plan(ImageBuilder& builder, const FeatureUpdates& updates) {
  auto planned = PlanUpdateFeatures(ContextOf(builder), updates);
  EXPECT_OK(planned);
  if (!planned->records.empty()) Apply(planned->records, builder);
  return planned->response.results(0);
}

int32_t Level(const ImageBuilder& builder) {
  return image::LevelOf(builder.image(), image::kMetadataFeature);
}

TEST(Features, ALevelThatAllUnderstandIsRaised) {
  ImageBuilder builder(1);
  builder.Broker(100);
  const v1::FeatureResult result = Plan(builder, Raise("metadata", 2));
  EXPECT_FALSE(result.has_error());
  EXPECT_EQ(result.previous_level(), 1);
  EXPECT_EQ(result.level(), 2);
  EXPECT_EQ(Level(builder), 2);
  EXPECT_EQ(Plan(builder, Raise("metadata", 2)).error().code(),
            v1::ERROR_CODE_NOTHING_TO_CHANGE);
  EXPECT_EQ(Plan(builder, Raise("metadata", 1)).error().code(),
            v1::ERROR_CODE_FEATURE_UPDATE_FAILED);
}

TEST(Features, WhoUnderstandsTooLittleIsNamed) {
  ImageBuilder builder(1);
  builder.Broker(100);
  builder.Add([](internal::v1::ClusterRecord& record) {
    auto* old = record.mutable_register_broker();
    old->set_broker_id(101);
    old->set_incarnation_id(image::TestId(7).ToString());
    old->set_directory_id(image::TestId(8).ToString());
  });
  const v1::FeatureResult broker = Plan(builder, Raise("metadata", 2));
  EXPECT_EQ(
      broker.error().message(),
      "feature \"metadata\" not raised to level 2: broker 101 understands "
      "levels 1…1");
  ImageBuilder bare(1);
  EXPECT_THAT(Plan(bare, Raise("metadata", 2, image::FeatureRanges()))
                  .error()
                  .message(),
              HasSubstr("controller 1 understands levels 1…1"));
  EXPECT_THAT(Plan(bare, Raise("metadata", 2, std::nullopt)).error().message(),
              HasSubstr("controller 1 is not reached"));
  EXPECT_THAT(Plan(bare, Raise("metadata", 9)).error().message(),
              HasSubstr("controller 1 understands levels 1…2"));
  EXPECT_EQ(Plan(bare, Raise("other", 2)).error().code(),
            v1::ERROR_CODE_INVALID_REQUEST);
  EXPECT_EQ(Level(bare), 1);
}

TEST(Features, ADryRunChecksAndLeavesNothing) {
  ImageBuilder builder(1);
  FeatureUpdates updates = Raise("metadata", 2);
  updates.request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanUpdateFeatures(ContextOf(builder), updates));
  EXPECT_EQ(planned.response.results(0).level(), 2);
  EXPECT_THAT(planned.records, IsEmpty());
}

}  // namespace
}  // namespace barnabas::planner
