#include "controller/planner/producer_id_planner.h"

#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/error.h"
#include "proto/types/ids.h"
#include "proto/types/limits.h"

namespace barnabas::planner {

absl::StatusOr<command::Planned<internal::v1::AllocateProducerIdsResponse>>
PlanProducerIds(const PlanContext& context,
                const internal::v1::AllocateProducerIdsRequest& request) {
  const image::BrokerState* broker =
      context.image.FindBroker(BrokerId(request.broker_id()));
  if (broker == nullptr) {
    return MakeError(ErrorCode::kBrokerNotRegistered,
                     absl::StrCat("producer ids not given: no broker has the "
                                  "id ",
                                  request.broker_id()),
                     "barnabas broker list");
  }
  if (broker->epoch.value() != request.broker_epoch()) {
    return MakeError(
        ErrorCode::kStaleBrokerEpoch,
        absl::StrCat("producer ids not given: broker ", request.broker_id(),
                     " has the epoch ", broker->epoch.value(), ", the request ",
                     request.broker_epoch()),
        "register anew");
  }
  const int64_t first = context.image.totals().next_producer_id.value();
  if (first > std::numeric_limits<int64_t>::max() - kProducerIdBlock) {
    return MakeError(ErrorCode::kLimitExceeded,
                     "producer ids not given: all 2^63 are used up",
                     "make a new cluster");
  }
  command::Planned<internal::v1::AllocateProducerIdsResponse> planned;
  internal::v1::ProducerIdsRecord* record =
      planned.records.emplace_back().mutable_producer_ids();
  record->set_broker_id(request.broker_id());
  record->set_broker_epoch(request.broker_epoch());
  record->set_next(first + kProducerIdBlock);
  planned.response.set_first(first);
  planned.response.set_count(kProducerIdBlock);
  return planned;
}

}  // namespace barnabas::planner
