#include "controller/planner/drain_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/planner/broker_planner.h"
#include "metadata/image/broker_state.h"
#include "tests/controller/planner/registrations.h"
#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using support::HasErrorCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

bool Nobody(BrokerId) { return false; }

template <typename Request>
Request For(const std::vector<int32_t>& ids) {
  Request request;
  for (int32_t id : ids) request.add_broker_ids(id);
  return request;
}

// Applies record by record: the image is whole after each of them.
void ApplyEach(const std::vector<internal::v1::ClusterRecord>& records,
               ImageBuilder& builder) {
  for (const internal::v1::ClusterRecord& record : records) {
    Apply({record}, builder);
  }
}

v1::DrainBrokersResponse Drain(ImageBuilder& builder,
                               const std::vector<int32_t>& ids) {
  auto planned =
      PlanDrain(ContextOf(builder), For<v1::DrainBrokersRequest>(ids));
  EXPECT_OK(planned);
  ApplyEach(planned->records, builder);
  return planned->response;
}

v1::DecommissionBrokersResponse Decommission(ImageBuilder& builder, int32_t id,
                                             bool connected = false) {
  auto planned = PlanDecommission(ContextOf(builder),
                                  For<v1::DecommissionBrokersRequest>({id}),
                                  [&](BrokerId) { return connected; });
  EXPECT_OK(planned);
  ApplyEach(planned->records, builder);
  return planned->response;
}

const image::BrokerState& BrokerOf(const ImageBuilder& builder, int32_t id) {
  return *builder.image().FindBroker(BrokerId(id));
}

const image::PartitionState& PartitionOf(const ImageBuilder& builder,
                                         std::string_view topic) {
  return builder.image().FindTopic(topic)->partitions[0];
}

TEST(Drain, LeadershipMovesWhereAnotherReplicaIsInSync) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101);
  builder.Topic("both", {{100, 101}}).Topic("alone", {{100}});
  const auto response = Drain(builder, {100});
  ASSERT_EQ(response.results_size(), 1);
  const v1::BrokerResult& result = response.results(0);
  EXPECT_TRUE(result.changed());
  EXPECT_EQ(result.moved_leaders(), 1);
  EXPECT_EQ(result.remaining_leaders(), 1);
  EXPECT_EQ(result.replicas(), 2);
  ASSERT_EQ(result.remaining_size(), 1);
  EXPECT_EQ(result.remaining(0).topic(), "alone");
  EXPECT_TRUE(BrokerOf(builder, 100).draining);
  EXPECT_EQ(PartitionOf(builder, "both").leader, BrokerId(101));
  EXPECT_EQ(PartitionOf(builder, "both").isr.size(), 2u) << "it still follows";
  EXPECT_EQ(PartitionOf(builder, "alone").leader, BrokerId(100));
  EXPECT_EQ(response.metadata_version() + 2,
            builder.image().version().value() + 1);
}

TEST(Drain, BrokersOfOneCallDoNotHandOverToEachOther) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Broker(102);
  builder.Topic("two", {{100, 101}}).Topic("three", {{101, 100, 102}});
  const auto response = Drain(builder, {100, 101});
  EXPECT_EQ(PartitionOf(builder, "two").leader, BrokerId(100));
  EXPECT_EQ(PartitionOf(builder, "three").leader, BrokerId(102));
  EXPECT_EQ(response.results(0).remaining_leaders(), 1);
  EXPECT_EQ(response.results(1).moved_leaders(), 1);
}

TEST(Drain, ASecondTimeChangesNothing) {
  ImageBuilder builder;
  builder.Broker(100);
  Drain(builder, {100});
  const LogIndex version = builder.image().version();
  EXPECT_FALSE(Drain(builder, {100}).results(0).changed());
  EXPECT_EQ(builder.image().version(), version);
}

TEST(Drain, ItOutlivesARestartAndTheBrokerLeadsWhatOnlyItHas) {
  ImageBuilder builder;
  builder.Broker(100).Topic("alone", {{100}});
  Drain(builder, {100});
  ASSERT_OK_AND_ASSIGN(const auto again, PlanRegistration(ContextOf(builder),
                                                          Registration(100, 1),
                                                          Holder::kGone, 3000));
  Apply(again.records, builder);
  EXPECT_TRUE(BrokerOf(builder, 100).draining);
  EXPECT_FALSE(PartitionOf(builder, "alone").HasLeader());
  internal::v1::BrokerHeartbeat beat;
  beat.set_broker_epoch(BrokerOf(builder, 100).epoch.value());
  beat.set_applied_offset(builder.image().version().value());
  ASSERT_OK_AND_ASSIGN(
      const auto back,
      PlanHeartbeat(ContextOf(builder), BrokerId(100), beat, false));
  ApplyEach(back.records, builder);
  EXPECT_EQ(PartitionOf(builder, "alone").leader, BrokerId(100));
  EXPECT_TRUE(BrokerOf(builder, 100).draining);
}

TEST(Drain, UnknownOnesFailByThemselves) {
  ImageBuilder builder;
  builder.Broker(100);
  const auto response = Drain(builder, {199, 100, 100});
  EXPECT_EQ(response.results(0).error().code(),
            v1::ERROR_CODE_BROKER_NOT_REGISTERED);
  EXPECT_EQ(response.results(0).error().message(),
            "broker \"199\" not drained: the cluster has no broker of this id");
  EXPECT_FALSE(response.results(1).has_error());
  EXPECT_EQ(response.results(2).error().code(), v1::ERROR_CODE_INVALID_REQUEST);
  EXPECT_THAT(PlanDrain(ContextOf(builder), {}),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

TEST(Drain, AnOldClusterMustBeRaisedFirst) {
  ImageBuilder builder(/*level=*/1);
  builder.Broker(100);
  const auto refused =
      PlanDrain(ContextOf(builder), For<v1::DrainBrokersRequest>({100}));
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kUnsupportedFeature));
  EXPECT_EQ(HintOf(refused.status()),
            "barnabas cluster features upgrade metadata 2");
}

TEST(Drain, ADryRunTellsAndLeavesNothing) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("both", {{100, 101}});
  auto request = For<v1::DrainBrokersRequest>({100});
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanDrain(ContextOf(builder), request));
  EXPECT_EQ(planned.response.results(0).moved_leaders(), 1);
  EXPECT_THAT(planned.records, IsEmpty());
}

TEST(Undrain, ItIsWelcomeAgain) {
  ImageBuilder builder;
  builder.Broker(100);
  Drain(builder, {100});
  EXPECT_FALSE(BrokerOf(builder, 100).IsWelcome());
  ASSERT_OK_AND_ASSIGN(
      const auto planned,
      PlanUndrain(ContextOf(builder), For<v1::UndrainBrokersRequest>({100})));
  Apply(planned.records, builder);
  EXPECT_TRUE(planned.response.results(0).changed());
  EXPECT_TRUE(BrokerOf(builder, 100).IsWelcome());
  ASSERT_OK_AND_ASSIGN(
      const auto again,
      PlanUndrain(ContextOf(builder), For<v1::UndrainBrokersRequest>({100})));
  EXPECT_THAT(again.records, IsEmpty());
}

TEST(Decommission, OneThatRunsIsRefused) {
  ImageBuilder builder;
  builder.Broker(100).FencedBroker(101);
  const auto running = Decommission(builder, 100).results(0);
  EXPECT_EQ(running.error().code(), v1::ERROR_CODE_BROKER_IN_USE);
  EXPECT_THAT(running.error().hint(), HasSubstr("barnabas broker drain 100"));
  // Fenced, but its session stands: it is starting.
  EXPECT_TRUE(Decommission(builder, 101, true).results(0).has_error());
  EXPECT_NE(builder.image().FindBroker(BrokerId(101)), nullptr);
}

TEST(Decommission, OneThatHoldsReplicasIsRefusedAndTheyAreNamed) {
  ImageBuilder builder;
  builder.Broker(100).Topic("orders", {{100}, {100}, {100}, {100}});
  Apply(PlanFence(builder.image(), BrokerId(100)), builder);
  const auto held = Decommission(builder, 100).results(0);
  EXPECT_EQ(held.error().code(), v1::ERROR_CODE_BROKER_IN_USE);
  EXPECT_EQ(
      held.error().message(),
      "broker \"100\" not decommissioned: it holds 4 replicas: orders[0], "
      "orders[1], orders[2] and 1 more");
  EXPECT_EQ(held.remaining_size(), 4);
  EXPECT_NE(builder.image().FindBroker(BrokerId(100)), nullptr);
}

TEST(Decommission, AnEmptyOneIsForgottenWithItsSettingsAndMayComeAnew) {
  ImageBuilder builder;
  builder.FencedBroker(100);
  builder.Set(image::ConfigScope::kBroker, "100", "disk.reserve.percent", "7");
  const BrokerEpoch before = BrokerOf(builder, 100).epoch;
  EXPECT_FALSE(Decommission(builder, 100).results(0).has_error());
  EXPECT_EQ(builder.image().FindBroker(BrokerId(100)), nullptr);
  EXPECT_THAT(builder.image().Settings(image::ConfigScope::kBroker, "100"),
              IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto anew, PlanRegistration(ContextOf(builder),
                                                         Registration(100, 5),
                                                         Holder::kGone, 3000));
  Apply(anew.records, builder);
  EXPECT_GT(BrokerOf(builder, 100).epoch, before);
  EXPECT_FALSE(BrokerOf(builder, 100).draining);
  EXPECT_THAT(PlanDecommission(ContextOf(builder), {}, Nobody),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

}  // namespace
}  // namespace barnabas::planner
