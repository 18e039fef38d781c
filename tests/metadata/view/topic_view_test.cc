#include "metadata/view/topic_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/types/error_proto.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::view {
namespace {

using image::ConfigScope;
using image::ImageBuilder;
using image::TestId;
using support::HasErrorCode;
using ::testing::ElementsAre;

bool Any(std::string_view) { return true; }

ImageBuilder Many(int topics) {
  ImageBuilder builder;
  builder.Broker(100);
  for (int i = 0; i < topics; ++i) {
    builder.Topic("t" + std::to_string(i), {{100}});
  }
  return builder;
}

TEST(TopicView, APartitionTellsLeaderEpochsAndWhoIsOffline) {
  ImageBuilder builder;
  builder.Broker(100).FencedBroker(101);
  builder.Topic("a", {{100, 101}});
  const image::ClusterImage image = builder.image();
  v1::PartitionInfo partition = DescribePartition(
      image, image.FindTopic("a")->partitions[0], PartitionIndex(0));
  EXPECT_EQ(partition.leader(), 100);
  EXPECT_THAT(partition.replicas(), ElementsAre(100, 101));
  EXPECT_THAT(partition.offline_replicas(), ElementsAre(101));
  image::PartitionState leaderless = image.FindTopic("a")->partitions[0];
  leaderless.leader = kNoBroker;
  EXPECT_FALSE(
      DescribePartition(image, leaderless, PartitionIndex(0)).has_leader());
}

TEST(TopicView, NamedTopicsComeInTheOrderAskedWithErrorsOfTheirOwn) {
  v1::DescribeTopicsRequest request;
  request.add_topics()->set_name("t1");
  request.add_topics()->set_name("none");
  request.add_topics()->set_id(TestId(1).ToString());
  ASSERT_OK_AND_ASSIGN(const v1::DescribeTopicsResponse response,
                       DescribeTopics(Many(3).image(), request));
  ASSERT_EQ(response.topics_size(), 3);
  EXPECT_EQ(response.topics(0).topic().name(), "t1");
  EXPECT_EQ(response.topics(1).name(), "none");
  EXPECT_EQ(response.topics(1).error().code(), v1::ERROR_CODE_UNKNOWN_TOPIC);
  EXPECT_EQ(response.topics(2).topic().name(), "t0");
  EXPECT_EQ(response.next_page_token(), "");
}

TEST(TopicView, PagesTogetherHoldEveryTopicOnce) {
  const image::ClusterImage image = Many(25).image();
  v1::DescribeTopicsRequest request;
  request.set_page_size(7);
  std::vector<std::string> names;
  for (int page = 0; page < 4; ++page) {
    ASSERT_OK_AND_ASSIGN(const v1::DescribeTopicsResponse response,
                         DescribeTopics(image, request));
    for (const auto& topic : response.topics()) names.push_back(topic.name());
    EXPECT_EQ(response.next_page_token().empty(), page == 3);
    request.set_page_token(response.next_page_token());
  }
  std::vector<std::string> all;
  image.ForEachTopic(
      [&](const image::TopicState& topic) { all.push_back(topic.name); });
  EXPECT_EQ(names, all);
}

TEST(TopicView, NamedTopicsHavePagesToo) {
  v1::DescribeTopicsRequest request;
  request.set_page_size(2);
  for (const char* name : {"t2", "t0", "t1"}) {
    request.add_topics()->set_name(name);
  }
  const image::ClusterImage image = Many(3).image();
  ASSERT_OK_AND_ASSIGN(v1::DescribeTopicsResponse response,
                       DescribeTopics(image, request));
  EXPECT_EQ(response.topics_size(), 2);
  request.set_page_token(response.next_page_token());
  ASSERT_OK_AND_ASSIGN(response, DescribeTopics(image, request));
  ASSERT_EQ(response.topics_size(), 1);
  EXPECT_EQ(response.topics(0).name(), "t1");
  request.set_page_token("zzz");
  EXPECT_THAT(DescribeTopics(image, request),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

TEST(TopicView, APageIsBoundedByPartitionsButHoldsOneTopic) {
  ImageBuilder builder;
  builder.Broker(100);
  const std::vector<std::vector<int32_t>> large(10'000, {100});
  builder.Topic("a", large).Topic("b", large).Topic("c", large);
  v1::DescribeTopicsRequest request;
  ASSERT_OK_AND_ASSIGN(const v1::DescribeTopicsResponse response,
                       DescribeTopics(builder.image(), request));
  EXPECT_EQ(response.topics_size(), 2);
  EXPECT_EQ(response.next_page_token(), "b");
}

TEST(TopicView, InternalTopicsAreListedOnRequest) {
  ImageBuilder builder = Many(1);
  builder.Topic("__offsets", {{100}});
  v1::ListTopicsRequest request;
  ASSERT_OK_AND_ASSIGN(v1::ListTopicsResponse response,
                       ListTopics(builder.image(), request, Any));
  EXPECT_EQ(response.topics_size(), 1);
  request.set_include_internal(true);
  ASSERT_OK_AND_ASSIGN(response, ListTopics(builder.image(), request, Any));
  ASSERT_EQ(response.topics_size(), 2);
  EXPECT_TRUE(response.topics(0).internal());
}

TEST(TopicView, AListHoldsWhatMatchesPageByPage) {
  const image::ClusterImage image = Many(30).image();
  v1::ListTopicsRequest request;
  request.set_page_size(4);
  int found = 0;
  for (int page = 0; page < 3; ++page) {
    ASSERT_OK_AND_ASSIGN(const v1::ListTopicsResponse response,
                         ListTopics(image, request, [](std::string_view name) {
                           return name.substr(0, 2) == "t1";
                         }));
    found += response.topics_size();
    request.set_page_token(response.next_page_token());
    EXPECT_EQ(response.next_page_token().empty(), page == 2);
  }
  EXPECT_EQ(found, 11);
  request.set_page_size(-1);
  EXPECT_THAT(ListTopics(image, request, Any),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

TEST(TopicView, ASummaryCountsWhatIsWrong) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101);
  builder.Topic("a", {{100, 101}, {100, 101}, {100, 101}});
  builder.Set(ConfigScope::kTopic, TestId(1).ToString(), "retention.ms", "9");
  builder.Add([](internal::v1::ClusterRecord& record) {
    auto* change = record.mutable_partition_change();
    change->set_topic_id(TestId(1).ToString());
    change->set_partition(1);
    change->set_has_isr(true);
    change->add_isr(100);
    change->set_leader(-1);
  });
  ASSERT_OK_AND_ASSIGN(const v1::ListTopicsResponse response,
                       ListTopics(builder.image(), {}, Any));
  EXPECT_EQ(response.topics(0).under_replicated(), 1);
  EXPECT_EQ(response.topics(0).unavailable(), 1);
  EXPECT_EQ(response.topics(0).replication_factor(), 2);
  EXPECT_EQ(response.topics(0).retention_ms(), 9);
  EXPECT_EQ(response.topics(0).cleanup_policy(), "delete");
}

TEST(TopicView, OneTopicShowsSettingsThatAreNoDefaults) {
  ImageBuilder builder = Many(1);
  builder.Set(ConfigScope::kTopic, TestId(1).ToString(), "flush", "os");
  v1::DescribeTopicRequest request;
  request.mutable_topic()->set_name("t0");
  ASSERT_OK_AND_ASSIGN(const v1::DescribeTopicResponse response,
                       DescribeTopic(builder.image(), request));
  ASSERT_EQ(response.settings_size(), 1);
  EXPECT_EQ(response.settings(0).key(), "flush");
  EXPECT_EQ(response.settings(0).value(), "os");
  EXPECT_EQ(response.version(), builder.image().version().value());
  EXPECT_EQ(response.partitions_size(), 1);
  request.mutable_topic()->set_name("none");
  EXPECT_THAT(DescribeTopic(builder.image(), request),
              HasErrorCode(ErrorCode::kUnknownTopic));
}

}  // namespace
}  // namespace barnabas::view
