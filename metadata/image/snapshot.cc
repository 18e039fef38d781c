#include "metadata/image/snapshot.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/image/delta_state.h"
#include "metadata/image/features.h"
#include "metadata/image/image_parts.h"
#include "metadata/image/replay.h"
#include "metadata/image/scope_name.h"
#include "proto/types/error.h"
#include "proto/types/text.h"

namespace barnabas::image {
namespace {

using internal::v1::ClusterRecord;
using internal::v1::CommittedEntry;

// Entries by offset; a map, since their order is part of the snapshot.
class Entries {
 public:
  ClusterRecord* Add(LogIndex offset) {
    return entries_[offset].mutable_entry()->add_records();
  }

  std::vector<CommittedEntry> Finish(const ClusterImage& image) {
    CommittedEntry& last = entries_[image.version()];
    last.mutable_entry()->set_time_ms(image.time_ms());
    std::vector<CommittedEntry> list;
    for (auto& [offset, entry] : entries_) {
      entry.set_offset(offset.value());
      entry.set_term(image.term().value());
      list.push_back(std::move(entry));
    }
    return list;
  }

 private:
  std::map<LogIndex, CommittedEntry> entries_;
};

void AddIdentity(const ImageParts& parts, Entries& entries) {
  if (!parts.cluster_id.IsNil()) {
    internal::v1::BootstrapRecord* bootstrap =
        entries.Add(LogIndex(0))->mutable_bootstrap();
    bootstrap->set_cluster_id(parts.cluster_id.ToString());
    bootstrap->set_format_version(parts.format_version);
    for (const VoterState& voter : parts.voters) {
      internal::v1::Voter* added = bootstrap->add_voters();
      added->set_node_id(voter.id.value());
      added->set_directory_id(voter.directory.ToString());
      added->set_host(voter.host);
      added->set_port(voter.port);
    }
    for (const auto& [name, level] : parts.features) {
      internal::v1::FeatureLevelRecord* feature = bootstrap->add_features();
      feature->set_name(name);
      feature->set_level(level);
    }
  }
  if (parts.active_controller != kNoController) {
    internal::v1::LeaderRecord* leader =
        entries.Add(parts.version)->mutable_leader();
    leader->set_controller_id(parts.active_controller.value());
    leader->set_term(parts.term.value());
  }
  if (parts.next_producer_id != ProducerId(0)) {
    entries.Add(parts.version)
        ->mutable_producer_ids()
        ->set_next(parts.next_producer_id.value());
  }
}

void AddBroker(const BrokerState& broker, Entries& entries) {
  const LogIndex offset(broker.epoch.value());
  internal::v1::RegisterBrokerRecord* record =
      entries.Add(offset)->mutable_register_broker();
  record->set_broker_id(broker.id.value());
  record->set_incarnation_id(broker.incarnation.ToString());
  record->set_directory_id(broker.directory.ToString());
  record->set_rack(broker.rack);
  record->set_version(broker.version);
  record->set_registered_ms(broker.registered_ms);
  for (const BrokerEndpoint& endpoint : broker.endpoints) {
    internal::v1::BrokerEndpoint* added = record->add_endpoints();
    added->set_listener(endpoint.listener);
    added->set_host(endpoint.host);
    added->set_port(endpoint.port);
  }
  WriteRanges(broker.features, *record->mutable_features());
  internal::v1::BrokerChangeRecord* change =
      entries.Add(offset)->mutable_broker_change();
  change->set_broker_id(broker.id.value());
  change->set_broker_epoch(broker.epoch.value());
  change->set_fenced(broker.fenced);
  change->set_stopping(broker.stopping);
  if (broker.draining) change->set_draining(true);
}

void AddTopic(const TopicState& topic, Entries& entries) {
  const std::string id = topic.id.ToString();
  internal::v1::TopicRecord* record =
      entries.Add(topic.version)->mutable_topic();
  record->set_name(topic.name);
  record->set_topic_id(id);
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    const PartitionState& state = topic.partitions[i];
    internal::v1::PartitionRecord* partition =
        entries.Add(topic.version)->mutable_partition();
    partition->set_topic_id(id);
    partition->set_partition(static_cast<int32_t>(i));
    for (BrokerId broker : state.replicas) {
      partition->add_replicas(broker.value());
    }
    for (BrokerId broker : state.isr) partition->add_isr(broker.value());
    partition->set_leader(state.leader.value());
    partition->set_leader_epoch(state.leader_epoch.value());
    partition->set_partition_epoch(state.partition_epoch.value());
  }
}

void AddSettings(const SettingsKey& key, const SettingsState& settings,
                 Entries& entries) {
  const auto add = [&](const std::string& name) {
    internal::v1::ConfigRecord* record =
        entries.Add(settings.version)->mutable_config();
    record->set_scope(std::string(NameOf(key.scope)));
    record->set_name(key.name);
    record->set_key(name);
    return record;
  };
  for (const auto& [name, value] : *settings.values) {
    add(name)->set_value(value);
  }
  // Keeps the version of settings that were all unset.
  if (settings.values->empty()) add("none");
}

}  // namespace

std::vector<CommittedEntry> SnapshotOf(const ClusterImage& image) {
  if (image.version() < LogIndex(0)) return {};
  const ImageParts& parts = *image.parts();
  Entries entries;
  AddIdentity(parts, entries);
  image.ForEachBroker(
      [&](const BrokerState& broker) { AddBroker(broker, entries); });
  image.ForEachTopic(
      [&](const TopicState& topic) { AddTopic(topic, entries); });
  parts.settings.ForEach(
      [&](const SettingsKey& key, const SettingsState& settings) {
        if (key.scope != ConfigScope::kTopic) {
          AddSettings(key, settings, entries);
          return;
        }
        // A topic's settings share its version; its record must come first.
        const TopicState* topic = image.FindTopic(*Uuid::Parse(key.name));
        SettingsState shared = settings;
        shared.version = topic->version;
        AddSettings(key, shared, entries);
      });
  return entries.Finish(image);
}

absl::StatusOr<ClusterImage> ReplaySnapshot(
    absl::Span<const CommittedEntry> entries) {
  DeltaState state{ClusterImage()};
  LogIndex version(-1);
  for (const CommittedEntry& entry : entries) {
    const LogIndex offset(entry.offset());
    if (offset <= version) {
      return MakeError(ErrorCode::kCorruptLog,
                       AsStd(absl::StrCat("snapshot entry ", offset.value(),
                                          " follows entry ", version.value())),
                       "fetch the snapshot again");
    }
    for (const ClusterRecord& record : entry.entry().records()) {
      absl::Status replayed = ReplayRecord(record, offset, state);
      if (!replayed.ok()) {
        return WithContext(
            std::move(replayed),
            AsStd(absl::StrCat("snapshot entry ", offset.value())));
      }
    }
    version = offset;
    state.next().time_ms = entry.entry().time_ms();
  }
  state.next().version = version;
  return state.Apply();
}

bool SameImage(const ClusterImage& a, const ClusterImage& b) {
  const std::vector<CommittedEntry> left = SnapshotOf(a);
  const std::vector<CommittedEntry> right = SnapshotOf(b);
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i].SerializeAsString() != right[i].SerializeAsString()) {
      return false;
    }
  }
  return true;
}

}  // namespace barnabas::image
