#include "controller/planner/partition_planner.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/image/broker_state.h"
#include "metadata/placement/leader_choice.h"
#include "metadata/placement/striped_placer.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/topic_partition.h"

namespace barnabas::planner {
namespace {

constexpr std::string_view kHint = "barnabas broker list";

bool IsLive(const image::ClusterImage& image, BrokerId id) {
  const image::BrokerState* broker = image.FindBroker(id);
  return broker != nullptr && broker->IsEligible();
}

absl::Status BadAssignment(const std::string& what) {
  return MakeError(ErrorCode::kInvalidReplicaAssignment, what, kHint);
}

absl::Status CheckReplicaList(const image::ClusterImage& image, int index,
                              const v1::ReplicaAssignment& list) {
  const std::string where = absl::StrCat("replicas of list ", index);
  std::set<int32_t> seen;
  bool live = false;
  for (int32_t id : list.brokers()) {
    const image::BrokerState* broker = image.FindBroker(BrokerId(id));
    if (!seen.insert(id).second) {
      return BadAssignment(absl::StrCat(where, " name broker ", id, " twice"));
    }
    if (broker == nullptr) {
      return BadAssignment(absl::StrCat(where, " name broker ", id,
                                        ", which is not registered"));
    }
    if (broker->stopping) {
      return BadAssignment(
          absl::StrCat(where, " name broker ", id, ", which is stopping"));
    }
    if (broker->draining) {
      return BadAssignment(
          absl::StrCat(where, " name broker ", id, ", which drains"));
    }
    live = live || broker->IsEligible();
  }
  if (!live) {
    return BadAssignment(absl::StrCat(where, " name no live broker"));
  }
  return absl::OkStatus();
}

// "3 live brokers (1 more drains)".
std::string CandidateText(int32_t welcome, int32_t draining) {
  std::string text =
      absl::StrCat(welcome, " live broker", welcome == 1 ? "" : "s");
  if (draining > 0) {
    absl::StrAppend(&text, " that take", welcome == 1 ? "s" : "", " replicas (",
                    draining, " more drain", draining == 1 ? "s" : "", ")");
  }
  return text;
}

}  // namespace

internal::v1::PartitionChangeRecord* AddPartitionChange(
    const TopicPartition& key, Records& records) {
  internal::v1::PartitionChangeRecord* change =
      records.emplace_back().mutable_partition_change();
  change->set_topic_id(key.topic.ToString());
  change->set_partition(key.partition.value());
  return change;
}

BrokerId ChooseHeir(const image::ClusterImage& image,
                    const image::PartitionState& partition,
                    absl::FunctionRef<bool(BrokerId)> may_lead) {
  const BrokerId heir = placement::ChooseLeader(partition, [&](BrokerId id) {
    const image::BrokerState* broker = image.FindBroker(id);
    return may_lead(id) && broker != nullptr && !broker->draining;
  });
  // Better one that drains than nobody.
  return heir == kNoBroker ? placement::ChooseLeader(partition, may_lead)
                           : heir;
}

int32_t LiveBrokerCount(const image::ClusterImage& image) {
  int32_t live = 0;
  image.ForEachBroker([&](const image::BrokerState& broker) {
    if (broker.IsWelcome()) ++live;
  });
  return live;
}

absl::StatusOr<placement::Assignment> PlaceReplicas(
    const image::ClusterImage& image, int32_t partitions, int32_t factor,
    uint64_t seed) {
  placement::PlacementRequest request;
  int32_t draining = 0;
  image.ForEachBroker([&](const image::BrokerState& broker) {
    if (!broker.IsEligible()) return;
    if (broker.draining) {
      ++draining;
      return;
    }
    request.candidates.push_back({broker.id, broker.rack, true});
  });
  const int32_t live = static_cast<int32_t>(request.candidates.size());
  if (live == 0) {
    return WithRetryAfter(
        MakeError(ErrorCode::kBrokerNotAvailable,
                  draining == 0
                      ? std::string("no broker is live")
                      : absl::StrCat("all ", draining, " live brokers drain"),
                  kHint),
        1000);
  }
  if (factor < 1 || factor > kReplicationFactorMax) {
    return MakeError(ErrorCode::kInvalidReplicationFactor,
                     absl::StrCat("replication factor ", factor,
                                  " is not in 1…", kReplicationFactorMax),
                     kHint);
  }
  if (factor > live) {
    return MakeError(ErrorCode::kInvalidReplicationFactor,
                     absl::StrCat("replication factor ", factor, " > ",
                                  CandidateText(live, draining)),
                     kHint);
  }
  request.partitions = partitions;
  request.factor = factor;
  request.seed = seed;
  return placement::StripedPlacer().Place(request);
}

absl::StatusOr<placement::Assignment> CheckAssignment(
    const image::ClusterImage& image, const ManualAssignment& manual) {
  placement::Assignment assignment;
  for (int i = 0; i < manual.size(); ++i) {
    const v1::ReplicaAssignment& list = manual.Get(i);
    if (list.brokers_size() != manual.Get(0).brokers_size()) {
      return BadAssignment(
          absl::StrCat("list ", i, " has ", list.brokers_size(),
                       " replicas, list 0 has ", manual.Get(0).brokers_size()));
    }
    if (list.brokers_size() < 1 ||
        list.brokers_size() > kReplicationFactorMax) {
      return BadAssignment(
          absl::StrCat("list ", i, " has ", list.brokers_size(),
                       " replicas, not 1…", kReplicationFactorMax));
    }
    const absl::Status checked = CheckReplicaList(image, i, list);
    if (!checked.ok()) return checked;
    std::vector<BrokerId>& replicas = assignment.emplace_back();
    for (int32_t id : list.brokers()) replicas.push_back(BrokerId(id));
  }
  return assignment;
}

internal::v1::ClusterRecord NewPartition(const image::ClusterImage& image,
                                         const TopicId& topic,
                                         PartitionIndex partition,
                                         const std::vector<BrokerId>& replicas,
                                         int32_t in_sync_max) {
  internal::v1::ClusterRecord record;
  internal::v1::PartitionRecord* added = record.mutable_partition();
  added->set_topic_id(topic.ToString());
  added->set_partition(partition.value());
  added->set_leader(kNoBroker.value());
  for (BrokerId id : replicas) {
    added->add_replicas(id.value());
    if (!IsLive(image, id) || added->isr_size() >= in_sync_max) continue;
    if (added->isr_size() == 0) added->set_leader(id.value());
    added->add_isr(id.value());
  }
  return record;
}

void PlanLeaving(const image::ClusterImage& image, BrokerId broker,
                 Records& records) {
  const auto may_lead = [&](BrokerId id) {
    return id != broker && IsLive(image, id);
  };
  for (const TopicPartition& key : image.PartitionsOn(broker)) {
    const image::PartitionState& before = *image.FindPartition(key);
    image::PartitionState after = before;
    const auto member = std::find(after.isr.begin(), after.isr.end(), broker);
    if (member == after.isr.end()) continue;
    // The last one in sync stays: only its log has every acknowledged record.
    if (after.isr.size() > 1) after.isr.erase(member);
    after.leader = ChooseHeir(image, after, may_lead);
    if (after.isr == before.isr && after.leader == before.leader) continue;
    internal::v1::PartitionChangeRecord* change =
        AddPartitionChange(key, records);
    if (after.leader != before.leader) {
      change->set_leader(after.leader.value());
    }
    if (after.isr == before.isr) continue;
    change->set_has_isr(true);
    for (BrokerId id : after.isr) change->add_isr(id.value());
  }
}

void PlanReturning(const image::ClusterImage& image, BrokerId broker,
                   Records& records) {
  const auto may_lead = [&](BrokerId id) {
    return id == broker || IsLive(image, id);
  };
  for (const TopicPartition& key : image.PartitionsOn(broker)) {
    const image::PartitionState& partition = *image.FindPartition(key);
    if (partition.HasLeader()) continue;
    const BrokerId leader = ChooseHeir(image, partition, may_lead);
    if (leader == kNoBroker) continue;
    AddPartitionChange(key, records)->set_leader(leader.value());
  }
}

}  // namespace barnabas::planner
