#include "metadata/view/topic_ref.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::view {
namespace {

using image::TestId;
using support::HasErrorCode;

absl::StatusOr<const image::TopicState*> Resolve(const std::string& name,
                                                 const std::string& id) {
  static const image::ClusterImage image = image::ImageBuilder()
                                               .Broker(100)
                                               .Topic("a", {{100}})
                                               .Topic("b", {{100}})
                                               .image();
  v1::TopicRef reference;
  reference.set_name(name);
  reference.set_id(id);
  return ResolveTopic(image, reference);
}

TEST(TopicRef, NameIdOrBothNameATopic) {
  ASSERT_OK_AND_ASSIGN(const auto* by_name, Resolve("a", ""));
  ASSERT_OK_AND_ASSIGN(const auto* by_id, Resolve("", TestId(1).ToString()));
  ASSERT_OK_AND_ASSIGN(const auto* by_both, Resolve("a", TestId(1).ToString()));
  EXPECT_EQ(by_name, by_id);
  EXPECT_EQ(by_name, by_both);
}

TEST(TopicRef, WhatNamesNoTopicIsToldApart) {
  EXPECT_THAT(Resolve("c", ""), HasErrorCode(ErrorCode::kUnknownTopic));
  EXPECT_THAT(Resolve("", TestId(9).ToString()),
              HasErrorCode(ErrorCode::kUnknownTopic));
  EXPECT_THAT(Resolve("a", TestId(2).ToString()),
              HasErrorCode(ErrorCode::kInconsistentTopicId));
  EXPECT_THAT(Resolve("", ""), HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_THAT(Resolve("", "x"), HasErrorCode(ErrorCode::kInvalidRequest));
}

}  // namespace
}  // namespace barnabas::view
