#include "metadata/image/invariants.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "metadata/image/image_parts.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"

namespace barnabas::image {
namespace {

absl::Status Broken(std::string_view invariant, std::string_view where,
                    std::string_view what) {
  return MakeError(ErrorCode::kInternal,
                   AsStd(absl::StrCat(AsAbsl(invariant), " broken at ",
                                      AsAbsl(where), ": ", AsAbsl(what))));
}

bool Contains(const std::vector<BrokerId>& list, BrokerId id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

bool Distinct(const std::vector<BrokerId>& list) {
  return std::set<BrokerId>(list.begin(), list.end()).size() == list.size();
}

absl::Status CheckPartition(const ClusterImage& image,
                            const PartitionState& partition,
                            std::string_view where) {
  if (partition.replicas.empty() || !Distinct(partition.replicas) ||
      !Distinct(partition.isr)) {
    return Broken("C7", where, "replicas or ISR are empty or repeated");
  }
  for (BrokerId id : partition.isr) {
    if (!Contains(partition.replicas, id)) {
      return Broken("C7", where, "the ISR is not part of the replicas");
    }
    const BrokerState* broker = image.FindBroker(id);
    const bool out = broker == nullptr || broker->fenced;
    if (out && (partition.isr.size() > 1 || partition.HasLeader())) {
      return Broken("C2", where, "a fenced broker is in the ISR");
    }
  }
  if (partition.HasLeader() && !Contains(partition.isr, partition.leader)) {
    return Broken("C7", where, "the leader is not in the ISR");
  }
  return absl::OkStatus();
}

absl::Status CheckTopic(const ClusterImage& image, const TopicState& topic) {
  const TopicState* by_id = image.FindTopic(topic.id);
  if (by_id == nullptr || by_id->name != topic.name) {
    return Broken("C5", topic.name, "name and id disagree");
  }
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    RETURN_IF_ERROR(CheckPartition(image, topic.partitions[i],
                                   absl::StrCat(topic.name, "-", i)));
  }
  return absl::OkStatus();
}

// The index of hosted partitions against the topics themselves.
absl::Status CheckHosted(const ClusterImage& image) {
  std::map<BrokerId, std::set<TopicPartition>> expected;
  int32_t partitions = 0;
  image.ForEachTopic([&](const TopicState& topic) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      ++partitions;
      const TopicPartition key{topic.id,
                               PartitionIndex(static_cast<int32_t>(i))};
      for (BrokerId id : topic.partitions[i].replicas) {
        expected[id].insert(key);
      }
    }
  });
  if (image.totals().partitions != partitions ||
      image.parts()->topics_by_id.size() !=
          image.parts()->topics_by_name.size()) {
    return Broken("C5", "totals", "topics or partitions are miscounted");
  }
  size_t entries = 0;
  for (const auto& [broker, keys] : expected) {
    const std::vector<TopicPartition> listed = image.PartitionsOn(broker);
    if (std::set<TopicPartition>(listed.begin(), listed.end()) != keys ||
        listed.size() != keys.size()) {
      return Broken("C7", absl::StrCat("broker ", broker.value()),
                    "its hosted partitions are not its replicas");
    }
    std::set<TopicId> topics;
    for (const TopicPartition& key : keys) topics.insert(key.topic);
    entries += topics.size();
  }
  if (image.parts()->hosted.size() != entries) {
    return Broken("C7", "hosted", "a partition is hosted without a replica");
  }
  return absl::OkStatus();
}

absl::Status CheckPartitionStep(const PartitionState& before,
                                const PartitionState& after,
                                std::string_view where) {
  if (before == after) return absl::OkStatus();
  if (after.partition_epoch <= before.partition_epoch) {
    return Broken("C4", where, "changed without a new partition epoch");
  }
  if (after.leader_epoch < before.leader_epoch ||
      (after.leader != before.leader &&
       after.leader_epoch == before.leader_epoch)) {
    return Broken("C4", where, "another leader without a new leader epoch");
  }
  return absl::OkStatus();
}

absl::Status CheckTopicStep(const TopicState& before, const TopicState& after) {
  if (after.version < before.version || after.name != before.name ||
      after.partitions.size() < before.partitions.size()) {
    return Broken("C5", before.name, "the topic became another one");
  }
  for (size_t i = 0; i < before.partitions.size(); ++i) {
    RETURN_IF_ERROR(CheckPartitionStep(before.partitions[i],
                                       after.partitions[i],
                                       absl::StrCat(before.name, "-", i)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInvariants(const ClusterImage& image) {
  absl::Status status;
  image.ForEachTopic([&](const TopicState& topic) {
    if (status.ok()) status = CheckTopic(image, topic);
  });
  RETURN_IF_ERROR(status);
  return CheckHosted(image);
}

absl::Status CheckStep(const ClusterImage& before, const ClusterImage& after) {
  if (after.version() < before.version() || after.term() < before.term() ||
      after.totals().next_producer_id < before.totals().next_producer_id) {
    return Broken("C4", "image", "version, term or producer ids went back");
  }
  absl::Status status;
  before.ForEachBroker([&](const BrokerState& old) {
    const BrokerState* now = after.FindBroker(old.id);
    if (now == nullptr || !status.ok()) return;
    if (now->epoch < old.epoch ||
        (now->incarnation != old.incarnation && now->epoch == old.epoch)) {
      status = Broken("C1", absl::StrCat("broker ", old.id.value()),
                      "a new life without a new epoch");
    }
  });
  before.ForEachTopic([&](const TopicState& old) {
    const TopicState* now = after.FindTopic(old.id);
    if (now == nullptr || !status.ok()) return;
    status = CheckTopicStep(old, *now);
  });
  return status;
}

}  // namespace barnabas::image
