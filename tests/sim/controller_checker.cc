#include "tests/sim/controller_checker.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "metadata/image/invariants.h"
#include "metadata/image/snapshot.h"
#include "proto/types/error.h"
#include "proto/types/topic_partition.h"
#include "proto/types/uuid.h"

namespace barnabas::sim {
namespace {

uint64_t Combine(uint64_t a, uint64_t b) {
  uint64_t mixed = a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2));
  mixed *= 0xbf58476d1ce4e5b9ULL;
  return mixed ^ (mixed >> 29);
}

constexpr int64_t kWholeEvery = 8;

uint64_t HashOfBytes(const std::string& bytes) {
  uint64_t hash = 14695981039346656037ULL;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<uint8_t>(byte)) * 1099511628211ULL;
  }
  return hash;
}

}  // namespace

uint64_t HashOf(const image::ClusterImage& image) {
  uint64_t hash = 1;
  for (const auto& entry : image::SnapshotOf(image)) {
    hash = Combine(hash, HashOfBytes(entry.SerializeAsString()));
  }
  return hash;
}

void ControllerChecker::Break(const std::string& what) {
  if (broken_.empty()) broken_ = what;
}

void ControllerChecker::OnLeading(NodeId node, int64_t life, Term term) {
  const std::pair<NodeId, int64_t> leader(node, life);
  const auto [at, fresh] = leaders_.emplace(term, leader);
  fingerprint_ = Combine(fingerprint_, static_cast<uint64_t>(term.value()));
  if (fresh || at->second == leader) return;
  Break(absl::StrCat(at->second.first == node ? "R11" : "R1", ": term ",
                     term.value(), " is led by ", at->second.first.value(),
                     " and by ", node.value()));
}

void ControllerChecker::OnSend(const raft::Message& message) {
  if (const auto* request = std::get_if<raft::VoteRequest>(&message.body)) {
    if (request->pre_vote) return;
    NoteVote(message.term, message.from, message.from);
  } else if (const auto* reply = std::get_if<raft::VoteReply>(&message.body)) {
    if (reply->pre_vote) return;
    if (reply->granted) NoteVote(message.term, message.from, message.to);
  }
  Term& spoken = spoken_[message.from];
  spoken = std::max(spoken, message.term);
}

void ControllerChecker::NoteVote(Term term, const raft::ReplicaKey& voter,
                                 const raft::ReplicaKey& candidate) {
  const auto [at, fresh] = votes_.emplace(std::pair(term, voter), candidate);
  if (fresh || at->second == candidate) return;
  Break(absl::StrCat("R2: node ", voter.id.value(), " votes for ",
                     at->second.id.value(), " and for ", candidate.id.value(),
                     " in term ", term.value()));
}

void ControllerChecker::OnFound(const raft::ReplicaKey& node,
                                const raft::HardState& hard) {
  const Term spoken = spoken_[node];
  if (hard.term < spoken) {
    Break(absl::StrCat("R3: node ", node.id.value(), " spoke of term ",
                       spoken.value(), " and finds ", hard.term.value()));
  }
  const auto vote = votes_.find(std::pair(hard.term, node));
  if (vote != votes_.end() && hard.vote != vote->second) {
    Break(absl::StrCat("R2: node ", node.id.value(),
                       " has forgotten its vote of term ", hard.term.value()));
  }
}

void ControllerChecker::OnCommitted(NodeId node,
                                    const controller::CommittedStep& step) {
  const std::string who = absl::StrCat("R10: node ", node.value());
  if (step.entry == nullptr) return CheckState(who, step.after);
  const LogIndex offset = step.entry->offset;
  if (step.before.version().Next() != offset) {
    Break(absl::StrCat(who, " is told of ", offset.value(), " after ",
                       step.before.version().value()));
  }
  const uint64_t hash = HashOfBytes(step.entry->entry.SerializeAsString());
  fingerprint_ = Combine(fingerprint_, hash);
  CheckEntry(absl::StrCat("R12: node ", node.value()), offset, step.entry->term,
             hash);
  CheckRecords(step);
  // What costs as much as the image is large is looked at now and then.
  if (offset.value() % kWholeEvery != 0) return;
  for (const absl::Status& status :
       {image::CheckInvariants(step.after),
        image::CheckStep(step.before, step.after)}) {
    if (!status.ok()) Break(std::string(status.message()));
  }
  CheckState(who, step.after);
}

void ControllerChecker::OnGivenUp(NodeId node, const absl::Status& status) {
  // Disks fail by the simulation's will.
  if (CodeOf(status) == ErrorCode::kStorageError) return;
  Break(absl::StrCat("R10: node ", node.value(),
                     " gives up: ", std::string(status.message())));
}

void ControllerChecker::CheckRecords(const controller::CommittedStep& step) {
  const LogIndex offset = step.entry->offset;
  for (const internal::v1::ClusterRecord& record :
       step.entry->entry.records()) {
    if (record.has_topic()) {
      const auto [at, fresh] =
          topic_ids_.emplace(record.topic().topic_id(), offset);
      if (!fresh && at->second != offset) {
        Break(absl::StrCat("C5: topic id ", at->first, " was given at ",
                           at->second.value(), " and at ", offset.value()));
      }
    }
    if (record.has_partition_change()) {
      CheckLeader(step, record.partition_change());
    }
    if (!record.has_register_broker()) continue;
    // Simulated brokers never prove that they stopped cleanly.
    const BrokerId broker(record.register_broker().broker_id());
    for (const TopicPartition& key : step.after.PartitionsOn(broker)) {
      const image::PartitionState* const partition =
          step.after.FindPartition(key);
      const auto& isr = partition->isr;
      if (isr.size() > 1 &&
          std::find(isr.begin(), isr.end(), broker) != isr.end()) {
        Break(absl::StrCat("C3: broker ", broker.value(),
                           " stopped uncleanly and stays in an ISR"));
      }
    }
  }
}

void ControllerChecker::CheckLeader(
    const controller::CommittedStep& step,
    const internal::v1::PartitionChangeRecord& change) {
  const std::optional<Uuid> topic = Uuid::Parse(change.topic_id());
  if (!topic.has_value()) return Break("C4: a change of no topic");
  const TopicPartition key{*topic, PartitionIndex(change.partition())};
  const image::PartitionState* const before = step.before.FindPartition(key);
  const image::PartitionState* const after = step.after.FindPartition(key);
  if (before == nullptr || after == nullptr ||
      after->leader == before->leader || after->leader == kNoBroker) {
    return;
  }
  if (before->leader != kNoBroker) ++moves_;
  const auto& isr = before->isr;
  if (std::find(isr.begin(), isr.end(), after->leader) == isr.end()) {
    Break(absl::StrCat("C7: broker ", after->leader.value(), " leads ",
                       key.ToString(), " and was not in sync"));
  }
  if (after->leader_epoch <= before->leader_epoch) {
    Break(absl::StrCat("C4: the leader of ", key.ToString(),
                       " changed, its epoch did not"));
  }
}

void ControllerChecker::CheckEntry(const std::string& who, LogIndex offset,
                                   Term term, uint64_t hash) {
  const std::pair<Term, uint64_t> entry(term, hash);
  const auto [at, fresh] = entries_.emplace(offset, entry);
  if (fresh || at->second == entry) return;
  Break(absl::StrCat(who, " has another entry at ", offset.value(),
                     ", of term ", term.value(), " instead of ",
                     at->second.first.value()));
}

void ControllerChecker::CheckState(const std::string& who,
                                   const image::ClusterImage& image) {
  const uint64_t hash = HashOf(image);
  const auto [at, fresh] = images_.emplace(image.version(), hash);
  if (fresh || at->second == hash) return;
  Break(absl::StrCat(who, " has another image at ", image.version().value()));
}

void ControllerChecker::OnFollowed(BrokerId broker,
                                   const active::Committed& entry,
                                   const image::ClusterImage& after) {
  const std::string who = absl::StrCat("R19: broker ", broker.value());
  CheckEntry(who, entry.offset, entry.term,
             HashOfBytes(entry.entry.SerializeAsString()));
  if (entry.offset.value() % kWholeEvery == 0) CheckState(who, after);
}

void ControllerChecker::OnFollowedSnapshot(BrokerId broker,
                                           const image::ClusterImage& image) {
  CheckState(absl::StrCat("R19: broker ", broker.value()), image);
}

void ControllerChecker::OnMayStop(BrokerId broker,
                                  const image::ClusterImage& image) {
  for (const TopicPartition& key : image.PartitionsOn(broker)) {
    if (image.FindPartition(key)->leader != broker) continue;
    return Break(absl::StrCat("C8: broker ", broker.value(),
                              " may stop, and leads a partition"));
  }
}

void ControllerChecker::OnRegistered(BrokerId broker, uint64_t incarnation,
                                     BrokerEpoch epoch) {
  const std::pair<uint64_t, BrokerEpoch> now(incarnation, epoch);
  const auto [at, fresh] = registered_.emplace(broker, now);
  if (fresh) return;
  const auto before = std::exchange(at->second, now);
  const bool holds = incarnation == before.first ? epoch == before.second
                                                 : epoch > before.second;
  if (holds) return;
  Break(absl::StrCat(
      "C1: broker ", broker.value(), " has epoch ", epoch.value(), " after ",
      before.second.value(),
      incarnation == before.first ? " in one life" : " in its next life"));
}

}  // namespace barnabas::sim
