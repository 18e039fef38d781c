#include "tests/sim/raft_node.h"

#include <glog/logging.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "metadata/raft/invariants.h"

namespace barnabas::sim {
namespace {

uint64_t NextState(uint64_t state, const raft::Entry& entry) {
  return (state ^ HashOf(entry)) * 0x9fb21c651e98df25ULL + 1;
}

std::string Encode(const RaftSnapshot& snapshot) {
  std::string bytes(sizeof(snapshot.state), '\0');
  std::memcpy(bytes.data(), &snapshot.state, sizeof(snapshot.state));
  for (const raft::Voter& voter : snapshot.voters.voters()) {
    const int32_t id = voter.key.id.value();
    bytes.append(reinterpret_cast<const char*>(&id), sizeof(id));
    const auto& directory = voter.key.directory.bytes();
    bytes.append(reinterpret_cast<const char*>(directory.data()),
                 directory.size());
  }
  return bytes;
}

RaftSnapshot Decode(const raft::SnapshotId& id, std::string_view bytes) {
  RaftSnapshot snapshot;
  snapshot.id = id;
  std::memcpy(&snapshot.state, bytes.data(), sizeof(snapshot.state));
  bytes.remove_prefix(sizeof(snapshot.state));
  std::vector<raft::Voter> voters;
  while (!bytes.empty()) {
    int32_t node = 0;
    std::array<uint8_t, 16> directory;
    std::memcpy(&node, bytes.data(), sizeof(node));
    std::memcpy(directory.data(), bytes.data() + sizeof(node), 16);
    bytes.remove_prefix(sizeof(node) + 16);
    voters.push_back(
        raft::Voter{raft::ReplicaKey{NodeId(node), Uuid(directory)}, "", 0});
  }
  snapshot.voters = raft::VoterSet(std::move(voters));
  return snapshot;
}

}  // namespace

RaftNode::RaftNode(const raft::ReplicaKey& key, const raft::VoterSet& bootstrap,
                   RaftChecker* checker)
    : key_(key), bootstrap_(bootstrap), checker_(checker) {
  if (!bootstrap_.Contains(key_)) return;
  raft::Effects format;
  raft::Entry entry;
  entry.index = LogIndex(0);
  entry.kind = raft::EntryKind::kBootstrap;
  entry.voters = std::make_shared<const raft::VoterSet>(bootstrap_);
  format.entries = {entry};
  disk_.Write(format);
  disk_.Sync(0);
}

void RaftNode::Start(const raft::Options& options) {
  raft::Found found;
  found.hard = disk_.durable_hard();
  found.log = &disk_;
  found.snapshot_voters = disk_.latest_snapshot().voters;
  for (const auto& [index, entry] : disk_.log()) {
    if (entry.voters != nullptr) found.voter_entries.push_back(entry);
  }
  applied_ = disk_.latest_snapshot().id.index;
  state_ = disk_.latest_snapshot().state;
  waiting_.clear();
  outbox_.clear();
  received_.clear();
  durable_id_ = 0;
  core_ = std::make_unique<raft::Core>(options, key_, found);
  ++lives_;
}

void RaftNode::Crash(size_t kept_writes, size_t kept_entries) {
  core_.reset();
  waiting_.clear();
  outbox_.clear();
  disk_.Crash(kept_writes, kept_entries);
}

void RaftNode::CheckSelf(const raft::Before& before) {
  for (const std::string& broken : raft::BrokenIn(core_->replica())) {
    checker_->Break(broken);
  }
  for (const std::string& broken :
       raft::BrokenBetween(before, core_->replica())) {
    checker_->Break(broken);
  }
}

void RaftNode::Tick() {
  const raft::Before before = raft::Remember(core_->replica());
  core_->Tick();
  CheckSelf(before);
}

void RaftNode::Receive(const raft::Message& message) {
  const raft::Before before = raft::Remember(core_->replica());
  core_->Step(message);
  CheckSelf(before);
}

void RaftNode::FinishWrite() {
  if (waiting_.empty()) return;
  // The oldest write, and everything that only waited for it.
  bool synced = false;
  while (!waiting_.empty() && (!synced || !waiting_.front().writes)) {
    Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    if (waiting.writes) {
      disk_.Sync(disk_.unsynced() - 1);
      durable_id_ = waiting.persist_id;
      synced = true;
    }
    Say(std::move(waiting.messages));
  }
  const raft::Before before = raft::Remember(core_->replica());
  core_->Persisted(durable_id_);
  CheckSelf(before);
}

void RaftNode::TakeSnapshot(int64_t keep) {
  if (applied_ <= disk_.latest_snapshot().id.index) return;
  const auto entry = disk_.log().find(applied_);
  if (entry == disk_.log().end()) return;
  RaftSnapshot snapshot;
  snapshot.id = raft::SnapshotId{entry->second.term, applied_};
  snapshot.state = state_;
  snapshot.voters = core_->replica().membership.At(applied_);
  disk_.SaveSnapshot(snapshot, applied_.Plus(1 - keep));
}

void RaftNode::SendSnapshot(const raft::SnapshotSend& send) {
  const RaftSnapshot& snapshot = disk_.latest_snapshot();
  if (snapshot.id != send.id) {
    // A newer one has replaced it: the transfer begins anew.
    core_->PeerLost(send.to, /*gone=*/false);
    return;
  }
  const std::string bytes = Encode(snapshot);
  const size_t half = bytes.size() / 2;
  raft::SnapshotChunk chunk;
  chunk.id = send.id;
  chunk.position = send.position;
  chunk.last = send.position > 0;
  chunk.bytes = chunk.last ? bytes.substr(half) : bytes.substr(0, half);
  Say({raft::Message{key_, send.to, send.term, std::move(chunk)}});
}

void RaftNode::Store(const raft::SnapshotStore& store) {
  const raft::SnapshotChunk& chunk = store.chunk;
  if (chunk.position == 0 || chunk.id != receiving_) {
    receiving_ = chunk.id;
    received_.clear();
  }
  raft::SnapshotStored stored;
  stored.from = store.from;
  stored.id = chunk.id;
  if (chunk.position != static_cast<int64_t>(received_.size())) {
    stored.next_position = static_cast<int64_t>(received_.size());
    core_->OnSnapshotStored(stored);
    return;
  }
  received_ += chunk.bytes;
  stored.next_position = static_cast<int64_t>(received_.size());
  if (chunk.last) {
    const RaftSnapshot snapshot = Decode(chunk.id, received_);
    disk_.InstallSnapshot(snapshot);
    // What waited for writes that the snapshot replaced is never sent.
    if (!waiting_.empty()) durable_id_ = waiting_.back().persist_id;
    waiting_.clear();
    core_->Persisted(core_->replica().persist_id);
    stored.installed = true;
    stored.voters = snapshot.voters;
    applied_ = snapshot.id.index;
    state_ = snapshot.state;
    checker_->OnState(applied_, state_);
    received_.clear();
  }
  core_->OnSnapshotStored(stored);
}

void RaftNode::CheckVoters(const raft::Effects& effects) {
  const raft::Replica& replica = core_->replica();
  if (replica.role != raft::Role::kLeader) return;
  for (const raft::Entry& change : effects.entries) {
    if (change.kind != raft::EntryKind::kVoters) continue;
    const auto end = disk_.log().lower_bound(change.index);
    for (auto other = disk_.log().upper_bound(replica.commit); other != end;
         ++other) {
      if (other->second.voters == nullptr) continue;
      checker_->Break("R14: voters change while a change is under way");
    }
  }
}

void RaftNode::Say(std::vector<raft::Message> messages) {
  for (raft::Message& message : messages) {
    checker_->OnSend(message, disk_);
    outbox_.push_back(std::move(message));
  }
}

void RaftNode::ApplyTo(LogIndex commit) {
  while (applied_ < commit) {
    const LogIndex next = applied_.Next();
    const std::vector<raft::Entry> entries =
        core_->replica().log.Read(next, /*bytes_max=*/0);
    CHECK(!entries.empty()) << "entry " << next << " is committed but absent";
    checker_->OnApply(entries.front(), next);
    state_ = NextState(state_, entries.front());
    applied_ = next;
    checker_->OnState(applied_, state_);
  }
}

void RaftNode::CarryOut(
    raft::Effects effects,
    const std::map<raft::ReplicaKey, const RaftDisk*>& disks) {
  const bool writes = effects.NeedsPersisting();
  if (writes) {
    for (const raft::Entry& entry : effects.entries) {
      checker_->OnAppend(entry, HashOf(entry));
    }
    disk_.Write(effects);
    CheckVoters(effects);
  }
  if (effects.role.has_value() && effects.role->role == raft::Role::kLeader) {
    checker_->OnLeader(key_, effects.role->term, core_->replica(), disk_);
  }
  Say(std::move(effects.now));
  if (writes || !effects.after_durable.empty()) {
    if (!writes && effects.persist_id <= durable_id_) {
      Say(std::move(effects.after_durable));
    } else {
      waiting_.push_back(Waiting{effects.persist_id, writes,
                                 std::move(effects.after_durable)});
    }
  }
  if (effects.commit.has_value()) {
    const raft::Replica& replica = core_->replica();
    if (replica.role == raft::Role::kLeader) {
      checker_->OnLeaderCommit(*effects.commit, replica, disks);
    }
    checker_->OnCommit(*effects.commit, replica.hard.term);
    ApplyTo(*effects.commit);
  }
  for (const raft::ReadOutcome& read : effects.reads) {
    checker_->OnReadOver(read);
  }
  for (const raft::SnapshotSend& send : effects.snapshots) SendSnapshot(send);
  if (effects.store.has_value()) Store(*effects.store);
}

void RaftNode::Settle(
    const std::map<raft::ReplicaKey, const RaftDisk*>& disks) {
  // Storing a piece has effects of its own; there is no endless chain.
  for (int round = 0; round < 8; ++round) {
    raft::Effects effects = core_->TakeEffects();
    const bool more = effects.store.has_value() || !effects.snapshots.empty();
    CarryOut(std::move(effects), disks);
    if (!more) return;
  }
}

std::vector<raft::Message> RaftNode::TakeMessages() {
  return std::exchange(outbox_, {});
}

}  // namespace barnabas::sim
