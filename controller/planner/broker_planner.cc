#include "controller/planner/broker_planner.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/planner/registration_check.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/topic_state.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/topic_partition.h"

namespace barnabas::planner {
namespace {

using internal::v1::BrokerHeartbeatReply;
using internal::v1::BrokerRegistered;

internal::v1::BrokerChangeRecord* AddChange(const image::BrokerState& broker,
                                            Records& records) {
  internal::v1::BrokerChangeRecord* change =
      records.emplace_back().mutable_broker_change();
  change->set_broker_id(broker.id.value());
  change->set_broker_epoch(broker.epoch.value());
  return change;
}

// Leaves ISRs and leaderships first, so that every prefix keeps C2.
Records FenceRecords(const image::ClusterImage& image,
                     const image::BrokerState& broker) {
  Records records;
  PlanLeaving(image, broker.id, records);
  AddChange(broker, records)->set_fenced(true);
  return records;
}

Records UnfenceRecords(const image::ClusterImage& image,
                       const image::BrokerState& broker) {
  Records records;
  internal::v1::BrokerChangeRecord* change = AddChange(broker, records);
  change->set_fenced(false);
  if (broker.stopping) change->set_stopping(false);
  PlanReturning(image, broker.id, records);
  return records;
}

Records StopRecords(const image::ClusterImage& image,
                    const image::BrokerState& broker) {
  Records records;
  PlanLeaving(image, broker.id, records);
  AddChange(broker, records)->set_stopping(true);
  return records;
}

// How many partitions only this broker has in sync.
int64_t LastInSync(const image::ClusterImage& image, BrokerId broker) {
  int64_t count = 0;
  for (const TopicPartition& key : image.PartitionsOn(broker)) {
    const image::PartitionState& partition = *image.FindPartition(key);
    if (partition.isr.size() == 1 && partition.isr[0] == broker) ++count;
  }
  return count;
}

// C1: who may take over a broker id from an earlier incarnation.
absl::Status CheckSuccession(const image::ClusterImage& image,
                             const image::BrokerState& before, bool same_disk,
                             Holder holder, int64_t session_ms) {
  const bool perhaps_alive = holder == Holder::kPerhapsAlive && !same_disk;
  if (holder == Holder::kConnected || perhaps_alive) {
    return WithRetryAfter(
        MakeError(ErrorCode::kDuplicateBrokerRegistration,
                  absl::StrCat("another process (incarnation ",
                               before.incarnation.ToString(),
                               holder == Holder::kConnected
                                   ? ") holds this id"
                                   : ") held this id until just now"),
                  "stop the other process, or give this one another node.id"),
        session_ms);
  }
  if (same_disk) return absl::OkStatus();
  const int64_t last = LastInSync(image, before.id);
  if (last == 0) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInvalidRegistration,
      absl::StrCat("this id's data directory was ", before.directory.ToString(),
                   ", the only one in sync for ", last,
                   " partitions; with another directory their records would "
                   "be lost"),
      "start it with its old data directory, or delete those topics first");
}

internal::v1::ClusterRecord RegisterRecord(
    const internal::v1::RegisterBroker& from, int64_t now_ms) {
  internal::v1::ClusterRecord record;
  internal::v1::RegisterBrokerRecord* to = record.mutable_register_broker();
  to->set_broker_id(from.broker_id());
  to->set_incarnation_id(from.incarnation_id());
  to->set_directory_id(from.directory_id());
  to->set_rack(from.rack());
  *to->mutable_endpoints() = from.endpoints();
  *to->mutable_features() = from.features();
  to->set_version(from.version());
  to->set_registered_ms(now_ms);
  return record;
}

absl::StatusOr<command::Planned<BrokerRegistered>> PlanNewIncarnation(
    const PlanContext& context, const internal::v1::RegisterBroker& from,
    Holder holder, int64_t session_ms) {
  command::Planned<BrokerRegistered> planned;
  const image::BrokerState* before =
      context.image.FindBroker(BrokerId(from.broker_id()));
  if (before != nullptr) {
    const bool same_disk = before->directory.ToString() == from.directory_id();
    if (before->incarnation.ToString() == from.incarnation_id()) {
      if (!same_disk) {
        return MakeError(ErrorCode::kInvalidRegistration,
                         "the same incarnation has another data directory",
                         "start the process anew");
      }
      planned.response.set_broker_epoch(before->epoch.value());
      return planned;
    }
    RETURN_IF_ERROR(
        CheckSuccession(context.image, *before, same_disk, holder, session_ms));
    // The new life begins fenced, so the old one leaves as if fenced (C3).
    PlanLeaving(context.image, before->id, planned.records);
  }
  planned.records.push_back(RegisterRecord(from, context.now_ms));
  planned.response.set_broker_epoch(context.offset.value());
  return planned;
}

}  // namespace

absl::StatusOr<command::Planned<BrokerRegistered>> PlanRegistration(
    const PlanContext& context,
    const internal::v1::RegisterBroker& registration, Holder holder,
    int64_t session_ms) {
  absl::Status status = CheckRegistration(context.image, registration);
  if (status.ok()) {
    auto planned =
        PlanNewIncarnation(context, registration, holder, session_ms);
    if (planned.ok()) return planned;
    status = planned.status();
  }
  return WithContext(
      std::move(status),
      absl::StrCat("broker ", registration.broker_id(), " not registered"));
}

absl::StatusOr<command::Planned<BrokerHeartbeatReply>> PlanHeartbeat(
    const PlanContext& context, BrokerId id,
    const internal::v1::BrokerHeartbeat& heartbeat, bool others_saw_stop) {
  const image::BrokerState* broker = context.image.FindBroker(id);
  if (broker == nullptr) {
    return MakeError(ErrorCode::kBrokerNotRegistered,
                     absl::StrCat("no broker has the id ", id.value()),
                     "start the broker anew");
  }
  if (broker->epoch.value() != heartbeat.broker_epoch()) {
    return MakeError(
        ErrorCode::kStaleBrokerEpoch,
        absl::StrCat("broker ", id.value(), " has the epoch ",
                     broker->epoch.value(), ", the heartbeat ",
                     heartbeat.broker_epoch()),
        "another process took this id over; give this one another node.id");
  }
  const bool caught_up = heartbeat.applied_offset() >= broker->epoch.value();
  command::Planned<BrokerHeartbeatReply> planned;
  BrokerHeartbeatReply& reply = planned.response;
  reply.set_caught_up(caught_up);
  reply.set_fenced(broker->fenced);
  if (heartbeat.want_stop() && broker->fenced) {
    reply.set_may_stop(true);
  } else if (heartbeat.want_stop() && !broker->stopping &&
             !heartbeat.want_fence()) {
    planned.records = StopRecords(context.image, *broker);
  } else if (heartbeat.want_stop() &&
             (others_saw_stop || heartbeat.want_fence())) {
    planned.records = FenceRecords(context.image, *broker);
    reply.set_fenced(true);
    reply.set_may_stop(true);
  } else if (heartbeat.want_stop()) {
    // Others must see its partitions elsewhere before it goes (C8).
  } else if (heartbeat.want_fence() && !broker->fenced) {
    planned.records = FenceRecords(context.image, *broker);
    reply.set_fenced(true);
  } else if (!heartbeat.want_fence() && caught_up &&
             (broker->fenced || broker->stopping)) {
    planned.records = UnfenceRecords(context.image, *broker);
    reply.set_fenced(false);
  }
  return planned;
}

Records PlanFence(const image::ClusterImage& image, BrokerId broker) {
  const image::BrokerState* state = image.FindBroker(broker);
  if (state == nullptr || state->fenced) return {};
  return FenceRecords(image, *state);
}

}  // namespace barnabas::planner
