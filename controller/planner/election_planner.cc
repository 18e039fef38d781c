#include "controller/planner/election_planner.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/planner/finish_plan.h"
#include "controller/planner/item_error.h"
#include "controller/planner/partition_planner.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/topic_state.h"
#include "metadata/view/topic_ref.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/topic_partition.h"

namespace barnabas::planner {
namespace {

// Why the preferred replica cannot lead; OK if it can.
absl::Status CheckPreferred(const image::ClusterImage& image,
                            const image::PartitionState& partition) {
  const BrokerId preferred = partition.replicas[0];
  const image::BrokerState* broker = image.FindBroker(preferred);
  const auto& isr = partition.isr;
  std::string why;
  std::string hint = "barnabas broker list";
  if (broker == nullptr || broker->fenced) {
    why = "is down";
    hint = "start it; it leads again when it is back and in sync";
  } else if (broker->stopping) {
    why = "is stopping";
  } else if (std::find(isr.begin(), isr.end(), preferred) == isr.end()) {
    why = "is not in sync";
    hint = "wait until it is: barnabas topic describe --under-replicated";
  } else if (broker->draining) {
    why = "drains";
    hint = absl::StrCat("barnabas broker undrain ", preferred.value());
  } else {
    return absl::OkStatus();
  }
  return MakeError(ErrorCode::kPreferredLeaderNotAvailable,
                   absl::StrCat("its preferred replica, broker ",
                                preferred.value(), ", ", why),
                   hint);
}

// What a call elects.
class Election {
 public:
  explicit Election(const PlanContext& context) : context_(context) {}

  void Consider(const image::TopicState& topic, int32_t index, bool named) {
    if (!seen_.insert({topic.id, PartitionIndex(index)}).second) return;
    const image::PartitionState& partition = topic.partitions[index];
    v1::ElectionResult result;
    result.mutable_partition()->set_topic(topic.name);
    result.mutable_partition()->set_partition(index);
    result.set_leader(partition.replicas[0].value());
    if (partition.HasLeader()) result.set_previous(partition.leader.value());
    if (partition.leader == partition.replicas[0]) {
      response_.set_unchanged(response_.unchanged() + 1);
      if (named) Keep(std::move(result));
      return;
    }
    const absl::Status status = CheckPreferred(context_.image, partition);
    if (!status.ok()) {
      response_.set_failed(response_.failed() + 1);
      *result.mutable_error() =
          ToProto(ItemError("partition", absl::StrCat(topic.name, ":", index),
                            "elected", status, "barnabas topic describe"));
    } else {
      response_.set_elected(response_.elected() + 1);
      AddPartitionChange({topic.id, PartitionIndex(index)}, records_)
          ->set_leader(partition.replicas[0].value());
    }
    Keep(std::move(result));
  }

  command::Planned<v1::ElectLeadersResponse> Finish(bool validate_only) {
    return FinishPlan(context_, validate_only, std::move(records_),
                      std::move(response_));
  }

 private:
  void Keep(v1::ElectionResult result) {
    if (response_.results_size() >= kItemsPerCallMax) return;
    *response_.add_results() = std::move(result);
  }

  const PlanContext context_;

  std::set<TopicPartition> seen_;
  Records records_;
  v1::ElectLeadersResponse response_;
};

absl::Status ConsiderTopic(const image::ClusterImage& image,
                           const v1::TopicPartitions& asked,
                           Election& election) {
  ASSIGN_OR_RETURN(const image::TopicState* const topic,
                   view::ResolveTopic(image, asked.topic()));
  const int32_t count = static_cast<int32_t>(topic->partitions.size());
  for (const int32_t index : asked.partitions()) {
    if (index < 0 || index >= count) {
      return MakeError(
          ErrorCode::kUnknownPartition,
          absl::StrCat("topic ", topic->name, " has no partition ", index,
                       ", its ", count, " are numbered from 0"),
          absl::StrCat("barnabas topic describe ", topic->name, " -p"));
    }
    election.Consider(*topic, index, /*named=*/true);
  }
  if (asked.partitions_size() > 0) return absl::OkStatus();
  for (int32_t index = 0; index < count; ++index) {
    election.Consider(*topic, index, /*named=*/false);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<command::Planned<v1::ElectLeadersResponse>> PlanElection(
    const PlanContext& context, const v1::ElectLeadersRequest& request) {
  Election election(context);
  int64_t named = 0;
  for (const v1::TopicPartitions& topic : request.topics()) {
    named += std::max(1, topic.partitions_size());
  }
  if (named > 0) RETURN_IF_ERROR(CheckItemCount("partitions", named));
  for (const v1::TopicPartitions& topic : request.topics()) {
    RETURN_IF_ERROR(ConsiderTopic(context.image, topic, election));
  }
  if (request.topics().empty()) {
    context.image.ForEachTopic([&](const image::TopicState& topic) {
      for (size_t i = 0; i < topic.partitions.size(); ++i) {
        election.Consider(topic, static_cast<int32_t>(i), /*named=*/false);
      }
    });
  }
  return election.Finish(request.validate_only());
}

}  // namespace barnabas::planner
