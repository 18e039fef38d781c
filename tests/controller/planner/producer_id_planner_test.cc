#include "controller/planner/producer_id_planner.h"

#include <gtest/gtest.h>

#include <limits>

#include "metadata/image/broker_state.h"
#include "proto/types/limits.h"
#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using support::HasErrorCode;

internal::v1::AllocateProducerIdsRequest Ask(const ImageBuilder& builder) {
  internal::v1::AllocateProducerIdsRequest request;
  request.set_broker_id(100);
  request.set_broker_epoch(
      builder.image().FindBroker(BrokerId(100))->epoch.value());
  return request;
}

TEST(ProducerIds, BlocksFollowOneAnother) {
  ImageBuilder builder;
  builder.Broker(100);
  for (int64_t block = 0; block < 3; ++block) {
    ASSERT_OK_AND_ASSIGN(const auto planned,
                         PlanProducerIds(ContextOf(builder), Ask(builder)));
    EXPECT_EQ(planned.response.first(), block * kProducerIdBlock);
    EXPECT_EQ(planned.response.count(), kProducerIdBlock);
    Apply(planned.records, builder);
  }
}

TEST(ProducerIds, OnlyTheLiveIncarnationGetsThem) {
  ImageBuilder builder;
  builder.Broker(100);
  auto request = Ask(builder);
  request.set_broker_epoch(0);
  EXPECT_THAT(PlanProducerIds(ContextOf(builder), request),
              HasErrorCode(ErrorCode::kStaleBrokerEpoch));
  request.set_broker_id(101);
  EXPECT_THAT(PlanProducerIds(ContextOf(builder), request),
              HasErrorCode(ErrorCode::kBrokerNotRegistered));
}

TEST(ProducerIds, TheLastBlockIsRefusedRatherThanWrapped) {
  ImageBuilder builder;
  builder.Broker(100);
  builder.Add([](internal::v1::ClusterRecord& record) {
    record.mutable_producer_ids()->set_next(
        std::numeric_limits<int64_t>::max() - 5);
  });
  EXPECT_THAT(PlanProducerIds(ContextOf(builder), Ask(builder)),
              HasErrorCode(ErrorCode::kLimitExceeded));
}

}  // namespace
}  // namespace barnabas::planner
