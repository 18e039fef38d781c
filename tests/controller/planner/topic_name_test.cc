#include "controller/planner/topic_name.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::planner {
namespace {

using support::HasErrorCode;

TEST(TopicName, LettersDigitsDotsUnderscoresAndDashes) {
  for (const std::string& name :
       {std::string("a"), std::string("Orders.v2_x-9"), std::string("..."),
        std::string("_a"), std::string("-"), std::string(249, 'x')}) {
    EXPECT_OK(CheckTopicName(name)) << name;
  }
}

TEST(TopicName, AnythingElseIsRefused) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"),
        std::string("../etc"), std::string("a b"), std::string("a\0b", 3),
        std::string("caf\xc3\xa9"), std::string("__consumer_offsets"),
        std::string(250, 'x')}) {
    EXPECT_THAT(CheckTopicName(name),
                HasErrorCode(ErrorCode::kInvalidTopicName))
        << name;
  }
}

TEST(TopicName, TheMessageNamesPositionAndBound) {
  EXPECT_EQ(std::string(CheckTopicName("ab/c").message()),
            "the name has '/' at position 3");
  EXPECT_EQ(std::string(CheckTopicName(std::string(250, 'x')).message()),
            "the name has 250 characters, at most 249");
}

TEST(TopicName, NamesThatReadAlikeCollide) {
  EXPECT_TRUE(NamesCollide("a.b", "a_b"));
  EXPECT_FALSE(NamesCollide("a.b", "a.b"));
  EXPECT_FALSE(NamesCollide("a.b", "a-b"));
  EXPECT_FALSE(NamesCollide("a.b", "a_bc"));
  const image::ClusterImage image =
      image::ImageBuilder().Broker(100).Topic("a.b", {{100}}).image();
  EXPECT_EQ(FindCollision(image, "a_b"), "a.b");
  EXPECT_EQ(FindCollision(image, "a.b"), std::nullopt);
  EXPECT_EQ(FindCollision(image, "ab"), std::nullopt);
}

}  // namespace
}  // namespace barnabas::planner
