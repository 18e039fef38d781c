#include "controller/planner/broker_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "metadata/image/broker_state.h"
#include "tests/controller/planner/registrations.h"
#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using image::TestId;
using internal::v1::BrokerHeartbeat;
using support::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ImageBuilder Cluster() {
  ImageBuilder builder;
  builder.Broker(100).Broker(101);
  builder.Topic("both", {{100, 101}}).Topic("alone", {{100}});
  return builder;
}

const image::BrokerState& BrokerOf(const ImageBuilder& builder, int32_t id) {
  return *builder.image().FindBroker(BrokerId(id));
}

const image::PartitionState& PartitionOf(const ImageBuilder& builder,
                                         std::string_view topic) {
  return builder.image().FindTopic(topic)->partitions[0];
}

auto Register(const ImageBuilder& builder,
              const internal::v1::RegisterBroker& from, Holder holder) {
  return PlanRegistration(ContextOf(builder), from, holder, 3000);
}

BrokerHeartbeat Beat(const ImageBuilder& builder, int32_t id) {
  BrokerHeartbeat heartbeat;
  heartbeat.set_broker_epoch(BrokerOf(builder, id).epoch.value());
  heartbeat.set_applied_offset(builder.image().version().value());
  return heartbeat;
}

internal::v1::BrokerHeartbeatReply Step(ImageBuilder& builder, int32_t id,
                                        const BrokerHeartbeat& heartbeat,
                                        bool others_saw = false) {
  const auto planned =
      PlanHeartbeat(ContextOf(builder), BrokerId(id), heartbeat, others_saw);
  EXPECT_OK(planned);
  if (!planned->records.empty()) Apply(planned->records, builder);
  return planned->response;
}

void Restart(ImageBuilder& builder, int32_t id, uint64_t life) {
  ASSERT_OK_AND_ASSIGN(
      const auto planned,
      Register(builder, Registration(id, life), Holder::kPerhapsAlive));
  Apply(planned.records, builder);
}

TEST(Registration, ANewBrokerBeginsFencedWithTheEntrysOffsetAsEpoch) {
  ImageBuilder builder = Cluster();
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       Register(builder, Registration(102, 1), Holder::kGone));
  EXPECT_EQ(planned.response.broker_epoch(),
            builder.image().version().value() + 1);
  Apply(planned.records, builder);
  EXPECT_TRUE(BrokerOf(builder, 102).fenced);
  EXPECT_EQ(BrokerOf(builder, 102).epoch.value(),
            planned.response.broker_epoch());
  EXPECT_EQ(BrokerOf(builder, 102).registered_ms, 1234);
}

TEST(Registration, TheSameIncarnationKeepsItsEpoch) {
  ImageBuilder builder = Cluster();
  internal::v1::RegisterBroker from = Registration(100, 1);
  from.set_incarnation_id(TestId(100).ToString());
  for (Holder holder :
       {Holder::kGone, Holder::kPerhapsAlive, Holder::kConnected}) {
    ASSERT_OK_AND_ASSIGN(const auto planned, Register(builder, from, holder));
    EXPECT_THAT(planned.records, IsEmpty());
    EXPECT_EQ(planned.response.broker_epoch(),
              BrokerOf(builder, 100).epoch.value());
  }
  from.set_directory_id(TestId(55).ToString());
  EXPECT_THAT(Register(builder, from, Holder::kGone),
              HasErrorCode(ErrorCode::kInvalidRegistration));
}

TEST(Registration, ALiveTwinIsRefusedWithHowLongToWait) {
  ImageBuilder builder = Cluster();
  const auto refused =
      Register(builder, Registration(100, 1), Holder::kConnected);
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kDuplicateBrokerRegistration));
  EXPECT_EQ(RetryAfterOf(refused.status()), 3000);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("broker 100 not registered: another process"));
}

TEST(Registration, ARestartReplacesItsEarlierLifeAtOnce) {
  ImageBuilder builder = Cluster();
  const auto before = BrokerOf(builder, 100).epoch;
  Restart(builder, 100, 1);
  EXPECT_GT(BrokerOf(builder, 100).epoch, before);
  EXPECT_TRUE(BrokerOf(builder, 100).fenced);
  EXPECT_EQ(PartitionOf(builder, "both").leader, BrokerId(101));
  EXPECT_THAT(PartitionOf(builder, "both").isr, ElementsAre(BrokerId(101)));
  EXPECT_FALSE(PartitionOf(builder, "alone").HasLeader());
  EXPECT_THAT(PartitionOf(builder, "alone").isr, ElementsAre(BrokerId(100)));
}

TEST(Registration, AnotherDirectoryWaitsUntilTheOldOneIsSurelyGone) {
  ImageBuilder builder = Cluster();
  internal::v1::RegisterBroker from = Registration(101, 1);
  from.set_directory_id(TestId(55).ToString());
  EXPECT_THAT(Register(builder, from, Holder::kPerhapsAlive),
              HasErrorCode(ErrorCode::kDuplicateBrokerRegistration));
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       Register(builder, from, Holder::kGone));
  Apply(planned.records, builder);
  EXPECT_EQ(BrokerOf(builder, 101).directory, TestId(55));
}

TEST(Registration, AnEmptyDiskDoesNotReplaceTheLastInSync) {
  ImageBuilder builder = Cluster();
  internal::v1::RegisterBroker from = Registration(100, 1);
  from.set_directory_id(TestId(55).ToString());
  const auto refused = Register(builder, from, Holder::kGone);
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kInvalidRegistration));
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("the only one in sync for 1 partitions"));
}

TEST(Heartbeat, ACaughtUpBrokerRunsAndLeadsAgain) {
  ImageBuilder builder = Cluster();
  Restart(builder, 100, 1);
  BrokerHeartbeat heartbeat = Beat(builder, 100);
  heartbeat.set_applied_offset(BrokerOf(builder, 100).epoch.value() - 1);
  auto reply = Step(builder, 100, heartbeat);
  EXPECT_TRUE(reply.fenced());
  EXPECT_FALSE(reply.caught_up());
  heartbeat = Beat(builder, 100);
  heartbeat.set_want_fence(true);
  reply = Step(builder, 100, heartbeat);
  EXPECT_TRUE(reply.fenced());
  EXPECT_TRUE(reply.caught_up());
  reply = Step(builder, 100, Beat(builder, 100));
  EXPECT_FALSE(reply.fenced());
  EXPECT_TRUE(BrokerOf(builder, 100).IsEligible());
  EXPECT_EQ(PartitionOf(builder, "alone").leader, BrokerId(100));
  EXPECT_EQ(PartitionOf(builder, "alone").leader_epoch, LeaderEpoch(2));
  EXPECT_EQ(PartitionOf(builder, "both").leader, BrokerId(101))
      << "it fell out of that ISR (C3)";
}

TEST(Heartbeat, ARunningBrokerThatWantsNothingChangesNothing) {
  ImageBuilder builder = Cluster();
  const LogIndex version = builder.image().version();
  EXPECT_FALSE(Step(builder, 100, Beat(builder, 100)).fenced());
  EXPECT_EQ(builder.image().version(), version);
}

TEST(Heartbeat, ABrokerMayAskToBeFenced) {
  ImageBuilder builder = Cluster();
  BrokerHeartbeat heartbeat = Beat(builder, 100);
  heartbeat.set_want_fence(true);
  EXPECT_TRUE(Step(builder, 100, heartbeat).fenced());
  EXPECT_TRUE(BrokerOf(builder, 100).fenced);
}

TEST(Heartbeat, AStoppingBrokerHandsOverBeforeItMayGo) {
  ImageBuilder builder = Cluster();
  BrokerHeartbeat heartbeat = Beat(builder, 100);
  heartbeat.set_want_stop(true);
  auto reply = Step(builder, 100, heartbeat);
  EXPECT_FALSE(reply.may_stop());
  EXPECT_TRUE(BrokerOf(builder, 100).stopping);
  EXPECT_FALSE(BrokerOf(builder, 100).fenced);
  EXPECT_EQ(PartitionOf(builder, "both").leader, BrokerId(101));
  EXPECT_FALSE(PartitionOf(builder, "alone").HasLeader());
  reply = Step(builder, 100, heartbeat, false);
  EXPECT_FALSE(reply.may_stop()) << "others have not seen it";
  reply = Step(builder, 100, heartbeat, true);
  EXPECT_TRUE(reply.may_stop());
  EXPECT_TRUE(BrokerOf(builder, 100).fenced);
}

TEST(Heartbeat, AFencedBrokerMayStopAtOnce) {
  ImageBuilder builder = Cluster();
  Apply(PlanFence(builder.image(), BrokerId(100)), builder);
  BrokerHeartbeat heartbeat = Beat(builder, 100);
  heartbeat.set_want_stop(true);
  EXPECT_TRUE(Step(builder, 100, heartbeat).may_stop());
}

TEST(Heartbeat, ABrokerThatThinksBetterOfItRunsOn) {
  ImageBuilder builder = Cluster();
  BrokerHeartbeat heartbeat = Beat(builder, 100);
  heartbeat.set_want_stop(true);
  Step(builder, 100, heartbeat);
  Step(builder, 100, Beat(builder, 100));
  EXPECT_TRUE(BrokerOf(builder, 100).IsEligible());
  EXPECT_EQ(PartitionOf(builder, "alone").leader, BrokerId(100));
}

TEST(Heartbeat, EarlierLivesAreRefused) {
  ImageBuilder builder = Cluster();
  const BrokerHeartbeat stale = Beat(builder, 100);
  Restart(builder, 100, 1);
  EXPECT_THAT(PlanHeartbeat(ContextOf(builder), BrokerId(100), stale, false),
              HasErrorCode(ErrorCode::kStaleBrokerEpoch));
  EXPECT_THAT(PlanHeartbeat(ContextOf(builder), BrokerId(109), stale, false),
              HasErrorCode(ErrorCode::kBrokerNotRegistered));
}

TEST(Fence, AFencedBrokerLeadsNothingAndAFencedOneStaysSo) {
  ImageBuilder builder = Cluster();
  Apply(PlanFence(builder.image(), BrokerId(100)), builder);
  EXPECT_TRUE(BrokerOf(builder, 100).fenced);
  EXPECT_EQ(PartitionOf(builder, "both").leader, BrokerId(101));
  EXPECT_THAT(PlanFence(builder.image(), BrokerId(100)), IsEmpty());
  EXPECT_THAT(PlanFence(builder.image(), BrokerId(109)), IsEmpty());
}

TEST(Fence, TheLastRunningInSyncMemberIsTheOneElectedLater) {
  ImageBuilder builder = Cluster();
  Apply(PlanFence(builder.image(), BrokerId(100)), builder);
  Apply(PlanFence(builder.image(), BrokerId(101)), builder);
  EXPECT_FALSE(PartitionOf(builder, "both").HasLeader());
  Step(builder, 100, Beat(builder, 100));
  EXPECT_FALSE(PartitionOf(builder, "both").HasLeader())
      << "100 may lack what 101 acknowledged alone";
  Step(builder, 101, Beat(builder, 101));
  EXPECT_EQ(PartitionOf(builder, "both").leader, BrokerId(101));
}

}  // namespace
}  // namespace barnabas::planner
