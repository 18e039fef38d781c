#include "controller/planner/partition_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using image::TestId;
using support::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ManualAssignment Lists(const std::vector<std::vector<int32_t>>& lists) {
  ManualAssignment manual;
  for (const auto& list : lists) {
    v1::ReplicaAssignment* added = manual.Add();
    for (int32_t id : list) added->add_brokers(id);
  }
  return manual;
}

const image::PartitionState& First(const ImageBuilder& builder) {
  return *builder.image().FindPartition({TestId(1), PartitionIndex(0)});
}

TEST(PartitionPlanner, ReplicasGoToLiveBrokersOnly) {
  ImageBuilder builder;
  builder.Broker(100).FencedBroker(101).Broker(102);
  ASSERT_OK_AND_ASSIGN(const placement::Assignment assignment,
                       PlaceReplicas(builder.image(), 4, 2, 9));
  for (const auto& replicas : assignment) {
    EXPECT_THAT(replicas,
                ::testing::UnorderedElementsAre(BrokerId(100), BrokerId(102)));
  }
}

TEST(PartitionPlanner, FactorsAreBoundedByLiveBrokers) {
  ImageBuilder builder;
  EXPECT_THAT(PlaceReplicas(builder.image(), 1, 1, 1),
              HasErrorCode(ErrorCode::kBrokerNotAvailable));
  builder.Broker(100);
  const auto refused = PlaceReplicas(builder.image(), 1, 2, 1);
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kInvalidReplicationFactor));
  EXPECT_EQ(std::string(refused.status().message()),
            "replication factor 2 > 1 live broker");
  EXPECT_THAT(PlaceReplicas(builder.image(), 1, 0, 1),
              HasErrorCode(ErrorCode::kInvalidReplicationFactor));
  EXPECT_THAT(PlaceReplicas(builder.image(), 1, 17, 1),
              HasErrorCode(ErrorCode::kInvalidReplicationFactor));
}

TEST(PartitionPlanner, ListsGivenByHandAreChecked) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).FencedBroker(102);
  const image::ClusterImage& image = builder.image();
  EXPECT_OK(CheckAssignment(image, Lists({{100, 101}, {101, 102}})));
  const std::vector<std::pair<std::vector<std::vector<int32_t>>, std::string>>
      cases = {{{{100, 100}}, "broker 100 twice"},
               {{{100, 199}}, "broker 199, which is not registered"},
               {{{102}}, "name no live broker"},
               {{{100}, {100, 101}}, "list 1 has 2 replicas, list 0 has 1"},
               {{{}}, "list 0 has 0 replicas"}};
  for (const auto& [lists, message] : cases) {
    const auto result = CheckAssignment(image, Lists(lists));
    EXPECT_THAT(result, HasErrorCode(ErrorCode::kInvalidReplicaAssignment));
    EXPECT_THAT(std::string(result.status().message()), HasSubstr(message));
  }
}

TEST(PartitionPlanner, ANewPartitionIsLedByItsFirstLiveReplica) {
  ImageBuilder builder;
  builder.FencedBroker(100).Broker(101).Broker(102);
  const auto record =
      NewPartition(builder.image(), TestId(1), PartitionIndex(4),
                   {BrokerId(100), BrokerId(101), BrokerId(102)}, 16);
  EXPECT_EQ(record.partition().partition(), 4);
  EXPECT_EQ(record.partition().leader(), 101);
  EXPECT_THAT(record.partition().isr(), ElementsAre(101, 102));
  EXPECT_THAT(record.partition().replicas(), ElementsAre(100, 101, 102));
}

TEST(PartitionPlanner, WhereNothingIsCopiedTheLeaderAloneIsInSync) {
  ImageBuilder builder;
  builder.FencedBroker(100).Broker(101).Broker(102);
  const auto record =
      NewPartition(builder.image(), TestId(1), PartitionIndex(0),
                   {BrokerId(100), BrokerId(101), BrokerId(102)}, 1);
  EXPECT_EQ(record.partition().leader(), 101);
  EXPECT_THAT(record.partition().isr(), ElementsAre(101));
  EXPECT_THAT(record.partition().replicas(), ElementsAre(100, 101, 102));
}

ImageBuilder& Drain(ImageBuilder& builder, int32_t id) {
  return builder.Add([&](internal::v1::ClusterRecord& record) {
    record.mutable_broker_change()->set_broker_id(id);
    record.mutable_broker_change()->set_broker_epoch(
        builder.image().FindBroker(BrokerId(id))->epoch.value());
    record.mutable_broker_change()->set_draining(true);
  });
}

TEST(PartitionPlanner, DrainingBrokersGetNoReplicas) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101);
  Drain(builder, 101);
  ASSERT_OK_AND_ASSIGN(const placement::Assignment assignment,
                       PlaceReplicas(builder.image(), 4, 1, 9));
  for (const auto& replicas : assignment) {
    EXPECT_THAT(replicas, ElementsAre(BrokerId(100)));
  }
  const auto refused = PlaceReplicas(builder.image(), 1, 2, 1);
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kInvalidReplicationFactor));
  EXPECT_EQ(std::string(refused.status().message()),
            "replication factor 2 > 1 live broker that takes replicas (1 more "
            "drains)");
  EXPECT_THAT(CheckAssignment(builder.image(), Lists({{100, 101}})),
              HasErrorCode(ErrorCode::kInvalidReplicaAssignment));
  Drain(builder, 100);
  EXPECT_THAT(PlaceReplicas(builder.image(), 1, 1, 1),
              HasErrorCode(ErrorCode::kBrokerNotAvailable));
}

TEST(PartitionPlanner, OneThatDrainsLeadsOnlyWhereNobodyElseMay) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Broker(102);
  builder.Topic("a", {{100, 101, 102}});
  Drain(builder, 101);
  Records records;
  PlanLeaving(builder.image(), BrokerId(100), records);
  Apply(records, builder);
  EXPECT_EQ(First(builder).leader, BrokerId(102)) << "101 is next, but drains";
  records.clear();
  PlanLeaving(builder.image(), BrokerId(102), records);
  Apply(records, builder);
  EXPECT_EQ(First(builder).leader, BrokerId(101)) << "better than nobody";
}

TEST(PartitionPlanner, ALeavingLeaderIsFollowedByOneInSync) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("a", {{100, 101}});
  Records records;
  PlanLeaving(builder.image(), BrokerId(100), records);
  Apply(records, builder);
  EXPECT_EQ(First(builder).leader, BrokerId(101));
  EXPECT_EQ(First(builder).leader_epoch, LeaderEpoch(1));
  EXPECT_THAT(First(builder).isr, ElementsAre(BrokerId(101)));
}

TEST(PartitionPlanner, ALeavingFollowerCostsNoLeaderEpoch) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("a", {{100, 101}});
  Records records;
  PlanLeaving(builder.image(), BrokerId(101), records);
  Apply(records, builder);
  EXPECT_EQ(First(builder).leader, BrokerId(100));
  EXPECT_EQ(First(builder).leader_epoch, LeaderEpoch(0));
  EXPECT_EQ(First(builder).partition_epoch, PartitionEpoch(1));
}

TEST(PartitionPlanner, TheLastInSyncStaysAsLastKnownLeader) {
  ImageBuilder builder;
  builder.Broker(100).Topic("a", {{100}});
  Records records;
  PlanLeaving(builder.image(), BrokerId(100), records);
  Apply(records, builder);
  EXPECT_FALSE(First(builder).HasLeader());
  EXPECT_EQ(First(builder).leader_epoch, LeaderEpoch(1));
  EXPECT_THAT(First(builder).isr, ElementsAre(BrokerId(100)));
  records.clear();
  PlanLeaving(builder.image(), BrokerId(100), records);
  EXPECT_THAT(records, IsEmpty()) << "it left already";
}

TEST(PartitionPlanner, AReturningLastKnownLeaderIsElectedWithTheNextEpoch) {
  ImageBuilder builder;
  builder.Broker(100).Topic("a", {{100}});
  Records records;
  PlanLeaving(builder.image(), BrokerId(100), records);
  Apply(records, builder);
  records.clear();
  PlanReturning(builder.image(), BrokerId(100), records);
  Apply(records, builder);
  EXPECT_EQ(First(builder).leader, BrokerId(100));
  EXPECT_EQ(First(builder).leader_epoch, LeaderEpoch(2));
}

TEST(PartitionPlanner, AReturningReplicaThatIsNotInSyncIsNotElected) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("a", {{100, 101}});
  Records records;
  PlanLeaving(builder.image(), BrokerId(101), records);
  Apply(records, builder);
  records.clear();
  PlanLeaving(builder.image(), BrokerId(100), records);
  Apply(records, builder);
  records.clear();
  PlanReturning(builder.image(), BrokerId(101), records);
  // 100 is not fenced in this image, so it is the one elected.
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].partition_change().leader(), 100);
}

}  // namespace
}  // namespace barnabas::planner
