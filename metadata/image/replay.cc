#include "metadata/image/replay.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/features.h"
#include "metadata/image/scope_name.h"
#include "metadata/image/topic_state.h"
#include "proto/types/error.h"
#include "proto/types/ids.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/topic_partition.h"
#include "proto/types/uuid.h"

namespace barnabas::image {
namespace {

using internal::v1::ClusterRecord;

absl::Status Contradiction(std::string_view what) {
  return MakeError(ErrorCode::kCorruptLog, what,
                   "keep the data directory and report this log");
}

absl::StatusOr<Uuid> ReadUuid(std::string_view field, std::string_view text) {
  const std::optional<Uuid> id = Uuid::Parse(text);
  if (id.has_value()) return *id;
  return Contradiction(
      absl::StrCat(AsAbsl(field), " \"", AsAbsl(text), "\" is not an id"));
}

template <typename List>
std::vector<BrokerId> ReadBrokers(const List& list) {
  std::vector<BrokerId> brokers;
  for (int32_t id : list) brokers.push_back(BrokerId(id));
  return brokers;
}

// The shape that every partition of an image has.
absl::Status CheckShape(const PartitionState& partition,
                        std::string_view where) {
  const std::vector<BrokerId>& replicas = partition.replicas;
  const std::set<BrokerId> unique(replicas.begin(), replicas.end());
  if (replicas.empty() || unique.size() != replicas.size()) {
    return Contradiction(
        absl::StrCat(AsAbsl(where), ": replicas are empty or repeated"));
  }
  const std::set<BrokerId> in_sync(partition.isr.begin(), partition.isr.end());
  if (in_sync.size() != partition.isr.size()) {
    return Contradiction(absl::StrCat(AsAbsl(where), ": ISR repeats a broker"));
  }
  for (BrokerId id : partition.isr) {
    if (unique.count(id) == 0) {
      return Contradiction(absl::StrCat(AsAbsl(where), ": broker ", id.value(),
                                        " is in the ISR but no replica"));
    }
  }
  if (partition.HasLeader() && in_sync.count(partition.leader) == 0) {
    return Contradiction(absl::StrCat(AsAbsl(where), ": leader ",
                                      partition.leader.value(),
                                      " is not in the ISR"));
  }
  return absl::OkStatus();
}

template <typename List>
absl::StatusOr<std::vector<VoterState>> ReadVoters(const List& list) {
  std::vector<VoterState> voters;
  for (const internal::v1::Voter& voter : list) {
    ASSIGN_OR_RETURN(const Uuid directory,
                     ReadUuid("voter's directory id", voter.directory_id()));
    voters.push_back(VoterState{NodeId(voter.node_id()), directory,
                                voter.host(), voter.port()});
  }
  return voters;
}

absl::Status Replay(const internal::v1::FeatureLevelRecord& record,
                    LogIndex offset, DeltaState& state) {
  RETURN_IF_ERROR(CheckUnderstood(record.name(), record.level()));
  int32_t& level = state.next().features[record.name()];
  if (record.level() < level) {
    return Contradiction(absl::StrCat("the level of feature \"", record.name(),
                                      "\" goes back from ", level, " to ",
                                      record.level()));
  }
  level = record.level();
  state.changes().features = true;
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::BootstrapRecord& record,
                    LogIndex offset, DeltaState& state) {
  if (offset != LogIndex(0)) {
    return Contradiction("a bootstrap record stands after the first entry");
  }
  ASSIGN_OR_RETURN(const Uuid cluster,
                   ReadUuid("cluster id", record.cluster_id()));
  ASSIGN_OR_RETURN(std::vector<VoterState> voters, ReadVoters(record.voters()));
  state.next().cluster_id = cluster;
  state.next().format_version = record.format_version();
  state.next().voters = std::move(voters);
  state.changes().identity = true;
  for (const internal::v1::FeatureLevelRecord& feature : record.features()) {
    RETURN_IF_ERROR(Replay(feature, offset, state));
  }
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::VotersRecord& record, LogIndex offset,
                    DeltaState& state) {
  ASSIGN_OR_RETURN(std::vector<VoterState> voters, ReadVoters(record.voters()));
  if (voters.empty()) return Contradiction("a quorum without voters");
  state.next().voters = std::move(voters);
  state.changes().identity = true;
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::LeaderRecord& record, LogIndex offset,
                    DeltaState& state) {
  if (Term(record.term()) < state.next().term) {
    return Contradiction(absl::StrCat("term goes back from ",
                                      state.next().term.value(), " to ",
                                      record.term()));
  }
  state.next().active_controller = NodeId(record.controller_id());
  state.next().term = Term(record.term());
  state.changes().controller = true;
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::RegisterBrokerRecord& record,
                    LogIndex offset, DeltaState& state) {
  BrokerState broker;
  broker.id = BrokerId(record.broker_id());
  broker.epoch = BrokerEpoch(offset.value());
  ASSIGN_OR_RETURN(broker.incarnation,
                   ReadUuid("incarnation id", record.incarnation_id()));
  ASSIGN_OR_RETURN(broker.directory,
                   ReadUuid("directory id", record.directory_id()));
  const BrokerState* const before = state.FindBroker(broker.id);
  if (broker.id < BrokerId(0) ||
      (before != nullptr && broker.epoch <= before->epoch)) {
    return Contradiction(absl::StrCat("broker ", broker.id.value(),
                                      " registers with an epoch that is not "
                                      "above its last one"));
  }
  broker.rack = record.rack();
  for (const internal::v1::BrokerEndpoint& endpoint : record.endpoints()) {
    broker.endpoints.push_back(
        BrokerEndpoint{endpoint.listener(), endpoint.host(), endpoint.port()});
  }
  broker.version = record.version();
  broker.registered_ms = record.registered_ms();
  broker.features = RangesFrom(record.features());
  // An operator's decision outlives the process.
  broker.draining = before != nullptr && before->draining;
  state.SetBroker(std::move(broker));
  return absl::OkStatus();
}

absl::StatusOr<const BrokerState*> RegisteredBroker(int32_t id, int64_t epoch,
                                                    const DeltaState& state) {
  const BrokerState* const broker = state.FindBroker(BrokerId(id));
  if (broker == nullptr || broker->epoch != BrokerEpoch(epoch)) {
    return Contradiction(absl::StrCat("broker ", id, " has no registration ",
                                      "with epoch ", epoch));
  }
  return broker;
}

absl::Status Replay(const internal::v1::BrokerChangeRecord& record,
                    LogIndex offset, DeltaState& state) {
  ASSIGN_OR_RETURN(
      const BrokerState* const broker,
      RegisteredBroker(record.broker_id(), record.broker_epoch(), state));
  BrokerState changed = *broker;
  if (record.has_fenced()) changed.fenced = record.fenced();
  if (record.has_stopping()) changed.stopping = record.stopping();
  if (record.has_draining()) changed.draining = record.draining();
  state.SetBroker(std::move(changed));
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::UnregisterBrokerRecord& record,
                    LogIndex offset, DeltaState& state) {
  ASSIGN_OR_RETURN(
      const BrokerState* const broker,
      RegisteredBroker(record.broker_id(), record.broker_epoch(), state));
  state.RemoveBroker(broker->id);
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::TopicRecord& record, LogIndex offset,
                    DeltaState& state) {
  TopicState topic;
  ASSIGN_OR_RETURN(topic.id, ReadUuid("topic id", record.topic_id()));
  if (record.name().empty() || topic.id.IsNil() ||
      state.FindTopic(topic.id) != nullptr ||
      state.FindTopic(std::string_view(record.name())) != nullptr) {
    return Contradiction(absl::StrCat("topic \"", record.name(), "\" (",
                                      record.topic_id(),
                                      ") is nameless or made twice"));
  }
  topic.name = record.name();
  topic.version = offset;
  state.AddTopic(std::move(topic));
  return absl::OkStatus();
}

absl::StatusOr<TopicId> KnownTopic(std::string_view text,
                                   const DeltaState& state) {
  ASSIGN_OR_RETURN(const TopicId id, ReadUuid("topic id", text));
  if (state.FindTopic(id) != nullptr) return id;
  return Contradiction(
      absl::StrCat("topic id ", AsAbsl(text), " names no topic"));
}

absl::Status Replay(const internal::v1::TopicChangeRecord& record,
                    LogIndex offset, DeltaState& state) {
  ASSIGN_OR_RETURN(const TopicId id, KnownTopic(record.topic_id(), state));
  state.ChangeTopic(id).version = offset;
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::RemoveTopicRecord& record,
                    LogIndex offset, DeltaState& state) {
  ASSIGN_OR_RETURN(const TopicId id, KnownTopic(record.topic_id(), state));
  state.RemoveTopic(id);
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::PartitionRecord& record,
                    LogIndex offset, DeltaState& state) {
  ASSIGN_OR_RETURN(const TopicId id, KnownTopic(record.topic_id(), state));
  const std::string where =
      TopicPartition{id, PartitionIndex(record.partition())}.ToString();
  if (record.partition() !=
      static_cast<int64_t>(state.FindTopic(id)->partitions.size())) {
    return Contradiction(
        absl::StrCat(where, ": is not the topic's next partition"));
  }
  PartitionState partition;
  partition.replicas = ReadBrokers(record.replicas());
  partition.isr = ReadBrokers(record.isr());
  partition.leader = BrokerId(record.leader());
  partition.leader_epoch = LeaderEpoch(record.leader_epoch());
  partition.partition_epoch = PartitionEpoch(record.partition_epoch());
  RETURN_IF_ERROR(CheckShape(partition, where));
  TopicState& topic = state.ChangeTopic(id);
  topic.version = offset;
  topic.partitions.push_back(std::move(partition));
  state.changes().partitions.insert(
      TopicPartition{id, PartitionIndex(record.partition())});
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::PartitionChangeRecord& record,
                    LogIndex offset, DeltaState& state) {
  ASSIGN_OR_RETURN(const TopicId id, KnownTopic(record.topic_id(), state));
  const TopicPartition key{id, PartitionIndex(record.partition())};
  const TopicState* const before = state.FindTopic(id);
  if (record.partition() < 0 ||
      record.partition() >= static_cast<int64_t>(before->partitions.size())) {
    return Contradiction(
        absl::StrCat(key.ToString(), ": there is no such partition"));
  }
  PartitionState partition = before->partitions[record.partition()];
  partition.partition_epoch = partition.partition_epoch.Next();
  if (record.has_replicas()) {
    partition.replicas = ReadBrokers(record.replicas());
  }
  if (record.has_isr()) partition.isr = ReadBrokers(record.isr());
  if (record.has_leader()) {
    partition.leader = BrokerId(record.leader());
    partition.leader_epoch = partition.leader_epoch.Next();
  }
  RETURN_IF_ERROR(CheckShape(partition, key.ToString()));
  TopicState& topic = state.ChangeTopic(id);
  // Leaders and ISRs come and go by themselves; the version counts what an
  // operator decided, so that expected_version means something.
  if (record.has_replicas()) topic.version = offset;
  topic.partitions[record.partition()] = std::move(partition);
  state.changes().partitions.insert(key);
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::ConfigRecord& record, LogIndex offset,
                    DeltaState& state) {
  const std::optional<ConfigScope> scope = ParseScope(record.scope());
  if (!scope.has_value() || record.key().empty()) {
    return Contradiction(absl::StrCat("a setting of scope \"", record.scope(),
                                      "\" with key \"", record.key(), "\""));
  }
  if (*scope == ConfigScope::kTopic) {
    ASSIGN_OR_RETURN(const TopicId id, KnownTopic(record.name(), state));
    state.ChangeTopic(id).version = offset;
  }
  std::optional<std::string> value;
  if (record.has_value()) value = record.value();
  state.SetSetting(SettingsKey{*scope, record.name()}, record.key(), value,
                   offset);
  return absl::OkStatus();
}

absl::Status Replay(const internal::v1::ProducerIdsRecord& record,
                    LogIndex offset, DeltaState& state) {
  if (ProducerId(record.next()) < state.next().next_producer_id) {
    return Contradiction("producer ids would be given out twice");
  }
  state.next().next_producer_id = ProducerId(record.next());
  state.changes().producer_ids = true;
  return absl::OkStatus();
}

}  // namespace

absl::Status ReplayRecord(const ClusterRecord& record, LogIndex offset,
                          DeltaState& state) {
  switch (record.kind_case()) {
    case ClusterRecord::kBootstrap:
      return Replay(record.bootstrap(), offset, state);
    case ClusterRecord::kRegisterBroker:
      return Replay(record.register_broker(), offset, state);
    case ClusterRecord::kBrokerChange:
      return Replay(record.broker_change(), offset, state);
    case ClusterRecord::kUnregisterBroker:
      return Replay(record.unregister_broker(), offset, state);
    case ClusterRecord::kTopic:
      return Replay(record.topic(), offset, state);
    case ClusterRecord::kRemoveTopic:
      return Replay(record.remove_topic(), offset, state);
    case ClusterRecord::kPartition:
      return Replay(record.partition(), offset, state);
    case ClusterRecord::kPartitionChange:
      return Replay(record.partition_change(), offset, state);
    case ClusterRecord::kConfig:
      return Replay(record.config(), offset, state);
    case ClusterRecord::kProducerIds:
      return Replay(record.producer_ids(), offset, state);
    case ClusterRecord::kLeader:
      return Replay(record.leader(), offset, state);
    case ClusterRecord::kNoOp:
      return absl::OkStatus();
    case ClusterRecord::kTopicChange:
      return Replay(record.topic_change(), offset, state);
    case ClusterRecord::kVoters:
      return Replay(record.voters(), offset, state);
    case ClusterRecord::kFeatureLevel:
      return Replay(record.feature_level(), offset, state);
    case ClusterRecord::KIND_NOT_SET:
      break;
  }
  return MakeError(ErrorCode::kUnsupportedFormat,
                   "a record of a kind that this version does not know",
                   "start the version that wrote this log, or a newer one");
}

}  // namespace barnabas::image
