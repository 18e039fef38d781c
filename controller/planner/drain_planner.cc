#include "controller/planner/drain_planner.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/planner/finish_plan.h"
#include "controller/planner/item_error.h"
#include "controller/planner/partition_planner.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/features.h"
#include "metadata/image/scope_name.h"
#include "metadata/image/topic_state.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "proto/types/topic_partition.h"

namespace barnabas::planner {
namespace {

// Partitions that a result names, and that a message does.
constexpr int kNamedMax = 100;
constexpr int kToldMax = 3;

using IdList = google::protobuf::RepeatedField<int32_t>;

absl::Status CheckLevel(const image::ClusterImage& image) {
  const int32_t level = image::LevelOf(image, image::kMetadataFeature);
  if (level >= image::kDrainingLevel) return absl::OkStatus();
  return MakeError(
      ErrorCode::kUnsupportedFeature,
      absl::StrCat("brokers drain from level ", image::kDrainingLevel,
                   " of feature \"", image::kMetadataFeature,
                   "\" on, the cluster stands at ", level),
      absl::StrCat("barnabas cluster features upgrade ",
                   image::kMetadataFeature, " ", image::kDrainingLevel));
}

absl::StatusOr<const image::BrokerState*> Known(
    const image::ClusterImage& image, int32_t id, std::set<int32_t>& seen) {
  const image::BrokerState* broker = image.FindBroker(BrokerId(id));
  if (broker == nullptr) {
    return MakeError(ErrorCode::kBrokerNotRegistered,
                     "the cluster has no broker of this id",
                     "barnabas broker list");
  }
  if (!seen.insert(id).second) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "the call names it more than once", "name it once");
  }
  return broker;
}

void SetDraining(const image::BrokerState& broker, bool draining,
                 Records& records) {
  if (broker.draining == draining) return;
  internal::v1::BrokerChangeRecord* change =
      records.emplace_back().mutable_broker_change();
  change->set_broker_id(broker.id.value());
  change->set_broker_epoch(broker.epoch.value());
  change->set_draining(draining);
}

void Name(const image::ClusterImage& image, const TopicPartition& key,
          v1::BrokerResult& result) {
  if (result.remaining_size() >= kNamedMax) return;
  v1::PartitionName* name = result.add_remaining();
  name->set_topic(image.FindTopic(key.topic)->name);
  name->set_partition(key.partition.value());
}

// Lets others lead what `broker` leads, where one outside `draining` may.
void HandOver(const image::ClusterImage& image, BrokerId broker,
              const std::set<int32_t>& draining, Records& records,
              v1::BrokerResult& result) {
  const std::vector<TopicPartition> hosted = image.PartitionsOn(broker);
  result.set_replicas(static_cast<int32_t>(hosted.size()));
  for (const TopicPartition& key : hosted) {
    const image::PartitionState& partition = *image.FindPartition(key);
    if (partition.leader != broker) continue;
    const BrokerId heir = ChooseHeir(image, partition, [&](BrokerId id) {
      const image::BrokerState* other = image.FindBroker(id);
      return other != nullptr && other->IsWelcome() &&
             draining.count(id.value()) == 0;
    });
    if (heir == kNoBroker) {
      result.set_remaining_leaders(result.remaining_leaders() + 1);
      Name(image, key, result);
      continue;
    }
    result.set_moved_leaders(result.moved_leaders() + 1);
    AddPartitionChange(key, records)->set_leader(heir.value());
  }
}

void Fail(int32_t id, std::string_view not_done, const absl::Status& status,
          v1::BrokerResult& result) {
  *result.mutable_error() = ToProto(ItemError(
      "broker", absl::StrCat(id), not_done, status, "barnabas broker list"));
}

// "orders[0], orders[2] and 5 more".
std::string Told(const v1::BrokerResult& result) {
  std::string text;
  const int told = std::min(result.remaining_size(), kToldMax);
  for (int i = 0; i < told; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", result.remaining(i).topic(), "[",
                    result.remaining(i).partition(), "]");
  }
  if (result.replicas() > told) {
    absl::StrAppend(&text, " and ", result.replicas() - told, " more");
  }
  return text;
}

absl::Status CheckGone(const image::ClusterImage& image,
                       const image::BrokerState& broker, bool connected,
                       v1::BrokerResult& result) {
  const std::string id = broker.id.ToString();
  if (!broker.fenced || connected) {
    return MakeError(
        ErrorCode::kBrokerInUse, "it runs",
        absl::StrCat("barnabas broker drain ", id,
                     ", then stop its process, then decommission it"));
  }
  const std::vector<TopicPartition> hosted = image.PartitionsOn(broker.id);
  if (hosted.empty()) return absl::OkStatus();
  result.set_replicas(static_cast<int32_t>(hosted.size()));
  for (const TopicPartition& key : hosted) Name(image, key, result);
  return MakeError(
      ErrorCode::kBrokerInUse,
      absl::StrCat("it holds ", hosted.size(), " replica",
                   hosted.size() == 1 ? "" : "s", ": ", Told(result)),
      "delete those topics, or start the broker again and keep it: replicas "
      "cannot be moved in this release");
}

// Its registration and its settings go.
void Forget(const image::ClusterImage& image, const image::BrokerState& broker,
            Records& records) {
  const std::string name = broker.id.ToString();
  for (const auto& [key, value] :
       image.Settings(image::ConfigScope::kBroker, name)) {
    internal::v1::ConfigRecord* unset = records.emplace_back().mutable_config();
    unset->set_scope(std::string(image::NameOf(image::ConfigScope::kBroker)));
    unset->set_name(name);
    unset->set_key(key);
  }
  internal::v1::UnregisterBrokerRecord* gone =
      records.emplace_back().mutable_unregister_broker();
  gone->set_broker_id(broker.id.value());
  gone->set_broker_epoch(broker.epoch.value());
}

}  // namespace

absl::StatusOr<command::Planned<v1::DrainBrokersResponse>> PlanDrain(
    const PlanContext& context, const v1::DrainBrokersRequest& request) {
  RETURN_IF_ERROR(CheckItemCount("brokers", request.broker_ids_size()));
  RETURN_IF_ERROR(CheckLevel(context.image));
  v1::DrainBrokersResponse response;
  Records records;
  const std::set<int32_t> all(request.broker_ids().begin(),
                              request.broker_ids().end());
  std::set<int32_t> seen;
  for (const int32_t id : request.broker_ids()) {
    v1::BrokerResult& result = *response.add_results();
    result.set_broker_id(id);
    const auto broker = Known(context.image, id, seen);
    if (!broker.ok()) {
      Fail(id, "drained", broker.status(), result);
      continue;
    }
    result.set_changed(!(*broker)->draining);
    SetDraining(**broker, true, records);
    HandOver(context.image, (*broker)->id, all, records, result);
  }
  return FinishPlan(context, request.validate_only(), std::move(records),
                    std::move(response));
}

absl::StatusOr<command::Planned<v1::UndrainBrokersResponse>> PlanUndrain(
    const PlanContext& context, const v1::UndrainBrokersRequest& request) {
  RETURN_IF_ERROR(CheckItemCount("brokers", request.broker_ids_size()));
  v1::UndrainBrokersResponse response;
  Records records;
  std::set<int32_t> seen;
  for (const int32_t id : request.broker_ids()) {
    v1::BrokerResult& result = *response.add_results();
    result.set_broker_id(id);
    const auto broker = Known(context.image, id, seen);
    if (!broker.ok()) {
      Fail(id, "undrained", broker.status(), result);
      continue;
    }
    result.set_changed((*broker)->draining);
    result.set_replicas(
        static_cast<int32_t>(context.image.PartitionsOn((*broker)->id).size()));
    SetDraining(**broker, false, records);
  }
  return FinishPlan(context, request.validate_only(), std::move(records),
                    std::move(response));
}

absl::StatusOr<command::Planned<v1::DecommissionBrokersResponse>>
PlanDecommission(const PlanContext& context,
                 const v1::DecommissionBrokersRequest& request,
                 absl::FunctionRef<bool(BrokerId)> connected) {
  RETURN_IF_ERROR(CheckItemCount("brokers", request.broker_ids_size()));
  v1::DecommissionBrokersResponse response;
  Records records;
  std::set<int32_t> seen;
  for (const int32_t id : request.broker_ids()) {
    v1::BrokerResult& result = *response.add_results();
    result.set_broker_id(id);
    const auto broker = Known(context.image, id, seen);
    absl::Status status = broker.status();
    if (status.ok()) {
      status =
          CheckGone(context.image, **broker, connected((*broker)->id), result);
    }
    if (!status.ok()) {
      Fail(id, "decommissioned", status, result);
      continue;
    }
    result.set_changed(true);
    Forget(context.image, **broker, records);
  }
  return FinishPlan(context, request.validate_only(), std::move(records),
                    std::move(response));
}

}  // namespace barnabas::planner
