#include "proto/types/topic_partition.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>
#include <string>

namespace barnabas {
namespace {

const char kTopic[] = "ABEiM0RVZneImaq7zN3u_w";

TEST(TopicPartitionTest, EveryPairSurvivesItsText) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) {
    const TopicPartition pair{
        Uuid::FromRandom(random(), random()),
        PartitionIndex(static_cast<int32_t>(random() >> (33 + random() % 30)))};
    EXPECT_EQ(TopicPartition::Parse(pair.ToString()), pair) << pair;
  }
}

TEST(TopicPartitionTest, TheTextIsTheDirectorysName) {
  const TopicPartition pair{*Uuid::Parse(kTopic), PartitionIndex(12)};
  EXPECT_EQ(pair.ToString(), std::string(kTopic) + "-12");
  EXPECT_EQ(pair.ToString().find('/'), std::string::npos);
}

TEST(TopicPartitionTest, DashesInsideTheIdDoNotDivide) {
  const std::string text = "-_v7-_v7-_v7-_v7-_v7-w-3";
  const auto pair = TopicPartition::Parse(text);
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->partition, PartitionIndex(3));
  EXPECT_EQ(pair->ToString(), text);
}

TEST(TopicPartitionTest, OtherTextsAreRefused) {
  const std::string topic = kTopic;
  for (const std::string& text :
       {std::string(), topic, topic + "-", topic + "--1", topic + "-01",
        topic + "-+1", topic + "-1 ", topic + "- 1", topic + "-1x",
        topic + "-2147483648", topic + "-99999999999999999999", topic + "-0x1",
        "x" + topic + "-1", std::string("topic-1"), std::string("-1"),
        topic + "-1/..", std::string("../") + topic + "-1"}) {
    EXPECT_EQ(TopicPartition::Parse(text), std::nullopt) << text;
  }
  EXPECT_TRUE(TopicPartition::Parse(topic + "-2147483647").has_value());
}

TEST(TopicPartitionTest, OrdersByTopicThenPartition) {
  const TopicId topic = *Uuid::Parse(kTopic);
  EXPECT_LT((TopicPartition{Uuid(), PartitionIndex(9)}),
            (TopicPartition{topic, PartitionIndex(0)}));
  EXPECT_LT((TopicPartition{topic, PartitionIndex(2)}),
            (TopicPartition{topic, PartitionIndex(10)}));
}

}  // namespace
}  // namespace barnabas
