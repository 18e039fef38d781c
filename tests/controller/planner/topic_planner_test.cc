#include "controller/planner/topic_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/types/limits.h"
#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using image::TestId;
using support::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ImageBuilder Cluster() {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Broker(102);
  builder.Topic("old", {{100, 101}, {101, 102}});
  return builder;
}

v1::CreateTopicsRequest CreateRequest(const std::vector<std::string>& names) {
  v1::CreateTopicsRequest request;
  for (const std::string& name : names) request.add_topics()->set_name(name);
  return request;
}

TEST(CreateTopics, EachItemSucceedsOrFailsByItself) {
  ImageBuilder builder = Cluster();
  ASSERT_OK_AND_ASSIGN(
      const auto planned,
      PlanCreateTopics(ContextOf(builder),
                       CreateRequest({"a", "old", "b", ".."})));
  const auto& results = planned.response.results();
  ASSERT_EQ(results.size(), 4);
  EXPECT_FALSE(results[0].has_error());
  EXPECT_EQ(results[1].error().code(), v1::ERROR_CODE_TOPIC_ALREADY_EXISTS);
  EXPECT_EQ(results[1].error().message(),
            "topic \"old\" not created: a topic of this name exists");
  EXPECT_FALSE(results[2].has_error());
  EXPECT_EQ(results[3].error().code(), v1::ERROR_CODE_INVALID_TOPIC_NAME);
  EXPECT_EQ(results[0].version(), builder.image().version().value() + 1);
  EXPECT_EQ(planned.response.metadata_version(), results[0].version());
  Apply(planned.records, builder);
  EXPECT_NE(builder.image().FindTopic("b"), nullptr);
}

TEST(CreateTopics, ErrorsSayValueAndBoundAndWhatToDo) {
  ImageBuilder builder = Cluster();
  v1::CreateTopicsRequest request = CreateRequest({"orders"});
  request.mutable_topics(0)->set_replication_factor(5);
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanCreateTopics(ContextOf(builder), request));
  const v1::Error& error = planned.response.results(0).error();
  EXPECT_EQ(error.code(), v1::ERROR_CODE_INVALID_REPLICATION_FACTOR);
  EXPECT_EQ(error.message(),
            "topic \"orders\" not created: replication factor 5 > 3 live "
            "brokers");
  EXPECT_EQ(error.hint(), "barnabas broker list");
  EXPECT_THAT(planned.records, IsEmpty());
  EXPECT_EQ(planned.response.metadata_version(),
            builder.image().version().value());
}

TEST(CreateTopics, NamesGivenTwiceOrReadingAlikeAreRefused) {
  ImageBuilder builder = Cluster();
  ASSERT_OK_AND_ASSIGN(
      const auto planned,
      PlanCreateTopics(ContextOf(builder),
                       CreateRequest({"a", "x.y", "a", "x_y"})));
  const auto& results = planned.response.results();
  EXPECT_EQ(results[0].error().code(), v1::ERROR_CODE_INVALID_REQUEST);
  EXPECT_FALSE(results[1].has_error());
  EXPECT_EQ(results[2].error().code(), v1::ERROR_CODE_INVALID_REQUEST);
  EXPECT_EQ(results[3].error().code(), v1::ERROR_CODE_INVALID_TOPIC_NAME);
}

TEST(CreateTopics, ValidateOnlyChecksEverythingAndRecordsNothing) {
  ImageBuilder builder = Cluster();
  v1::CreateTopicsRequest request = CreateRequest({"a", "old"});
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanCreateTopics(ContextOf(builder), request));
  EXPECT_THAT(planned.records, IsEmpty());
  EXPECT_EQ(planned.response.results(0).partitions(), 1);
  EXPECT_EQ(planned.response.results(0).id(), "");
  EXPECT_EQ(planned.response.results(0).version(), 0);
  EXPECT_TRUE(planned.response.results(1).has_error());
}

TEST(CreateTopics, CallsAreBounded) {
  ImageBuilder builder = Cluster();
  EXPECT_THAT(PlanCreateTopics(ContextOf(builder), CreateRequest({})),
              HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_THAT(PlanCreateTopics(ContextOf(builder),
                               CreateRequest(std::vector<std::string>(
                                   kItemsPerCallMax + 1, "a"))),
              HasErrorCode(ErrorCode::kLimitExceeded));
}

TEST(CreateTopics, ANameMadeAnewHasAnotherId) {
  ImageBuilder builder = Cluster();
  ASSERT_OK_AND_ASSIGN(
      const auto first,
      PlanCreateTopics(ContextOf(builder, 1), CreateRequest({"a"})));
  ASSERT_OK_AND_ASSIGN(
      const auto second,
      PlanCreateTopics(ContextOf(builder, 2), CreateRequest({"a"})));
  EXPECT_NE(first.response.results(0).id(), second.response.results(0).id());
  Apply(first.records, builder);
  ASSERT_OK_AND_ASSIGN(
      const auto third,
      PlanCreateTopics(ContextOf(builder, 1), CreateRequest({"b"})));
  EXPECT_NE(third.response.results(0).id(), first.response.results(0).id())
      << "the same seed must not give an id that is taken";
}

v1::AddPartitionsRequest AddRequest(const std::string& name, int32_t total) {
  v1::AddPartitionsRequest request;
  request.add_topics()->set_name(name);
  request.mutable_topics(0)->set_total(total);
  return request;
}

TEST(AddPartitions, ATopicGrows) {
  ImageBuilder builder = Cluster();
  ASSERT_OK_AND_ASSIGN(
      const auto planned,
      PlanAddPartitions(ContextOf(builder), AddRequest("old", 5)));
  EXPECT_EQ(planned.response.results(0).partitions(), 5);
  EXPECT_EQ(planned.response.results(0).replication_factor(), 2);
  EXPECT_THAT(planned.records, SizeIs(3));
  Apply(planned.records, builder);
  EXPECT_EQ(builder.image().FindTopic("old")->partitions.size(), 5u);
  EXPECT_EQ(builder.image().FindTopic("old")->version,
            builder.image().version());
}

TEST(AddPartitions, ATopicNeverShrinks) {
  ImageBuilder builder = Cluster();
  ASSERT_OK_AND_ASSIGN(auto planned, PlanAddPartitions(ContextOf(builder),
                                                       AddRequest("old", 1)));
  EXPECT_EQ(planned.response.results(0).error().code(),
            v1::ERROR_CODE_INVALID_PARTITION_COUNT);
  EXPECT_THAT(planned.response.results(0).error().message(),
              HasSubstr("partitions only grow"));
  ASSERT_OK_AND_ASSIGN(
      planned, PlanAddPartitions(ContextOf(builder), AddRequest("old", 2)));
  EXPECT_EQ(planned.response.results(0).error().code(),
            v1::ERROR_CODE_NOTHING_TO_CHANGE);
  ASSERT_OK_AND_ASSIGN(
      planned,
      PlanAddPartitions(ContextOf(builder),
                        AddRequest("old", kPartitionsPerTopicMax + 1)));
  EXPECT_EQ(planned.response.results(0).error().code(),
            v1::ERROR_CODE_INVALID_PARTITION_COUNT);
  ASSERT_OK_AND_ASSIGN(
      planned, PlanAddPartitions(ContextOf(builder), AddRequest("none", 2)));
  EXPECT_EQ(planned.response.results(0).error().code(),
            v1::ERROR_CODE_UNKNOWN_TOPIC);
}

TEST(AddPartitions, ListsByHandAreForTheNewOnes) {
  ImageBuilder builder = Cluster();
  v1::AddPartitionsRequest request = AddRequest("old", 3);
  v1::ReplicaAssignment* list = request.mutable_topics(0)->add_assignments();
  list->add_brokers(102);
  ASSERT_OK_AND_ASSIGN(auto planned,
                       PlanAddPartitions(ContextOf(builder), request));
  EXPECT_EQ(planned.response.results(0).error().code(),
            v1::ERROR_CODE_INVALID_REPLICA_ASSIGNMENT);
  list->add_brokers(100);
  ASSERT_OK_AND_ASSIGN(planned, PlanAddPartitions(ContextOf(builder), request));
  Apply(planned.records, builder);
  EXPECT_THAT(builder.image().FindTopic("old")->partitions[2].replicas,
              ElementsAre(BrokerId(102), BrokerId(100)));
}

TEST(AddPartitions, AnExpectedVersionIsHeldAgainstTheTopics) {
  ImageBuilder builder = Cluster();
  v1::AddPartitionsRequest request = AddRequest("old", 3);
  request.mutable_topics(0)->set_expected_version(1);
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanAddPartitions(ContextOf(builder), request));
  const v1::Error& error = planned.response.results(0).error();
  EXPECT_EQ(error.code(), v1::ERROR_CODE_VERSION_MISMATCH);
  EXPECT_EQ(error.conflict().expected_version(), 1);
  EXPECT_EQ(error.conflict().actual_version(),
            builder.image().FindTopic("old")->version.value());
}

TEST(DeleteTopics, ByNameByIdOrByBoth) {
  for (int form = 0; form < 3; ++form) {
    ImageBuilder builder = Cluster();
    v1::DeleteTopicsRequest request;
    v1::TopicRef* topic = request.add_topics()->mutable_topic();
    if (form != 1) topic->set_name("old");
    if (form != 0) topic->set_id(TestId(1).ToString());
    ASSERT_OK_AND_ASSIGN(const auto planned,
                         PlanDeleteTopics(ContextOf(builder), request));
    EXPECT_EQ(planned.response.results(0).name(), "old");
    EXPECT_EQ(planned.response.results(0).id(), TestId(1).ToString());
    Apply(planned.records, builder);
    EXPECT_EQ(builder.image().totals().topics, 0);
    EXPECT_THAT(builder.image().PartitionsOn(BrokerId(100)), IsEmpty());
  }
}

TEST(DeleteTopics, WhatIsNotThereOrIsAnotherTopicIsRefused) {
  ImageBuilder builder = Cluster();
  builder.Topic("__system", {{100}});
  v1::DeleteTopicsRequest request;
  request.add_topics()->mutable_topic()->set_name("none");
  request.add_topics()->mutable_topic()->set_name("old");
  request.mutable_topics(1)->mutable_topic()->set_id(TestId(9).ToString());
  request.add_topics()->mutable_topic()->set_name("old");
  request.mutable_topics(2)->set_expected_version(0);
  request.add_topics()->mutable_topic()->set_name("__system");
  request.add_topics()->mutable_topic()->set_name("old");
  request.add_topics()->mutable_topic()->set_id(TestId(1).ToString());
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanDeleteTopics(ContextOf(builder), request));
  const auto& results = planned.response.results();
  EXPECT_EQ(results[0].error().code(), v1::ERROR_CODE_UNKNOWN_TOPIC);
  EXPECT_EQ(results[1].error().code(), v1::ERROR_CODE_INCONSISTENT_TOPIC_ID);
  EXPECT_EQ(results[2].error().code(), v1::ERROR_CODE_VERSION_MISMATCH);
  EXPECT_EQ(results[3].error().code(), v1::ERROR_CODE_INVALID_REQUEST);
  EXPECT_FALSE(results[4].has_error());
  EXPECT_EQ(results[5].error().code(), v1::ERROR_CODE_INVALID_REQUEST);
  EXPECT_THAT(planned.records, SizeIs(1));
}

}  // namespace
}  // namespace barnabas::planner
