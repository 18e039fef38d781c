#include "controller/planner/election_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/planner/broker_planner.h"
#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using support::HasErrorCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Leader 101 everywhere, although 100 is preferred; 100 is in sync in "both"
// and out of sync in "behind".
ImageBuilder Cluster() {
  ImageBuilder builder;
  builder.Broker(100).Broker(101);
  builder.Topic("both", {{100, 101}, {100, 101}}).Topic("behind", {{100, 101}});
  const auto change = [&](std::string_view topic, int32_t partition,
                          bool leaves) {
    builder.Add([&](internal::v1::ClusterRecord& record) {
      auto* to = record.mutable_partition_change();
      to->set_topic_id(builder.image().FindTopic(topic)->id.ToString());
      to->set_partition(partition);
      to->set_leader(101);
      if (!leaves) return;
      to->set_has_isr(true);
      to->add_isr(101);
    });
  };
  change("both", 0, false);
  change("both", 1, false);
  change("behind", 0, true);
  return builder;
}

v1::ElectLeadersRequest For(const std::string& topic,
                            const std::vector<int32_t>& partitions) {
  v1::ElectLeadersRequest request;
  v1::TopicPartitions* named = request.add_topics();
  named->mutable_topic()->set_name(topic);
  for (int32_t partition : partitions) named->add_partitions(partition);
  return request;
}

v1::ElectLeadersResponse Elect(ImageBuilder& builder,
                               const v1::ElectLeadersRequest& request) {
  auto planned = PlanElection(ContextOf(builder), request);
  EXPECT_OK(planned);
  for (const auto& record : planned->records) Apply({record}, builder);
  return planned->response;
}

BrokerId LeaderOf(const ImageBuilder& builder, std::string_view topic,
                  int32_t partition = 0) {
  return builder.image().FindTopic(topic)->partitions[partition].leader;
}

TEST(Election, ThePreferredReplicaLeadsWhereItIsInSync) {
  ImageBuilder builder = Cluster();
  const auto response = Elect(builder, {});
  EXPECT_EQ(response.elected(), 2);
  EXPECT_EQ(response.failed(), 1);
  EXPECT_EQ(response.results_size(), 3);
  EXPECT_EQ(LeaderOf(builder, "both", 0), BrokerId(100));
  EXPECT_EQ(LeaderOf(builder, "both", 1), BrokerId(100));
  EXPECT_EQ(LeaderOf(builder, "behind"), BrokerId(101));
  const auto again = Elect(builder, {});
  EXPECT_EQ(again.elected(), 0);
  EXPECT_EQ(again.unchanged(), 2);
  EXPECT_EQ(again.results_size(), 1) << "what is well is only counted";
}

TEST(Election, OnlyThoseAskedForMove) {
  ImageBuilder builder = Cluster();
  const auto response = Elect(builder, For("both", {1}));
  EXPECT_EQ(LeaderOf(builder, "both", 0), BrokerId(101));
  EXPECT_EQ(LeaderOf(builder, "both", 1), BrokerId(100));
  EXPECT_EQ(response.results(0).previous(), 101);
  EXPECT_EQ(response.results(0).leader(), 100);
  const auto named = Elect(builder, For("both", {1}));
  EXPECT_EQ(named.results_size(), 1) << "who is named is answered";
  EXPECT_FALSE(named.results(0).has_error());
}

TEST(Election, WhatCannotBeIsToldWithItsReason) {
  ImageBuilder builder = Cluster();
  const auto behind = Elect(builder, For("behind", {}));
  EXPECT_EQ(behind.results(0).error().code(),
            v1::ERROR_CODE_PREFERRED_LEADER_NOT_AVAILABLE);
  EXPECT_EQ(behind.results(0).error().message(),
            "partition \"behind:0\" not elected: its preferred replica, broker "
            "100, is not in sync");
  builder.Add([&](internal::v1::ClusterRecord& record) {
    record.mutable_broker_change()->set_broker_id(100);
    record.mutable_broker_change()->set_broker_epoch(
        builder.image().FindBroker(BrokerId(100))->epoch.value());
    record.mutable_broker_change()->set_draining(true);
  });
  EXPECT_THAT(Elect(builder, For("both", {0})).results(0).error().message(),
              HasSubstr("100, drains"));
  Apply(PlanFence(builder.image(), BrokerId(100)), builder);
  EXPECT_THAT(Elect(builder, For("both", {0})).results(0).error().message(),
              HasSubstr("100, is down"));
  EXPECT_EQ(LeaderOf(builder, "both", 0), BrokerId(101));
}

TEST(Election, UnknownTopicsAndPartitionsFailTheCall) {
  ImageBuilder builder = Cluster();
  EXPECT_THAT(PlanElection(ContextOf(builder), For("none", {})),
              HasErrorCode(ErrorCode::kUnknownTopic));
  EXPECT_THAT(PlanElection(ContextOf(builder), For("both", {2})),
              HasErrorCode(ErrorCode::kUnknownPartition));
  EXPECT_THAT(PlanElection(ContextOf(builder),
                           For("both", std::vector<int32_t>(1001, 0))),
              HasErrorCode(ErrorCode::kLimitExceeded));
}

TEST(Election, ADryRunTellsAndLeavesNothing) {
  ImageBuilder builder = Cluster();
  v1::ElectLeadersRequest request;
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanElection(ContextOf(builder), request));
  EXPECT_EQ(planned.response.elected(), 2);
  EXPECT_THAT(planned.records, IsEmpty());
}

}  // namespace
}  // namespace barnabas::planner
