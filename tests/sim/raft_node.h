// RaftNode: one simulated controller: the core, its disk, its state machine.
//
// What: carries effects out in the order that effects.h states, with a disk
//   that takes its time. What it wants to send is collected by the cluster.
// Units: indexes. Empty case: a node that is down does nothing.
// Thread: the simulation's. Errors: broken invariants go to the checker.
#ifndef BARNABAS_TESTS_SIM_RAFT_NODE_H_
#define BARNABAS_TESTS_SIM_RAFT_NODE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metadata/raft/core.h"
#include "metadata/raft/invariants.h"
#include "tests/sim/raft_checker.h"
#include "tests/sim/raft_disk.h"

namespace barnabas::sim {

class RaftNode {
 public:
  RaftNode(const raft::ReplicaKey& key, const raft::VoterSet& bootstrap,
           RaftChecker* checker);

  void Start(const raft::Options& options);
  // Loses what was not synced, but a prefix of it.
  void Crash(size_t kept_writes, size_t kept_entries);
  bool up() const { return core_ != nullptr; }
  // How many were begun.
  int64_t lives() const { return lives_; }

  void Tick();
  void Receive(const raft::Message& message);
  // The disk has finished its oldest write.
  void FinishWrite();
  size_t writes_under_way() const { return waiting_.size(); }
  // A snapshot of what is applied; keeps `keep` entries before it.
  void TakeSnapshot(int64_t keep);

  // Carries out whatever the core wants now.
  void Settle(const std::map<raft::ReplicaKey, const RaftDisk*>& disks);
  std::vector<raft::Message> TakeMessages();

  raft::Core& core() { return *core_; }
  const raft::ReplicaKey& key() const { return key_; }
  const RaftDisk& disk() const { return disk_; }
  // How far the state machine came, and what it is then.
  std::pair<LogIndex, uint64_t> applied() const { return {applied_, state_}; }

 private:
  // Effects that wait for their bytes to be durable.
  struct Waiting {
    uint64_t persist_id = 0;
    bool writes = false;
    std::vector<raft::Message> messages;
  };

  void CarryOut(raft::Effects effects,
                const std::map<raft::ReplicaKey, const RaftDisk*>& disks);
  void Say(std::vector<raft::Message> messages);
  // For the leader's effect SnapshotSend: the whole in one or more pieces.
  void SendSnapshot(const raft::SnapshotSend& send);
  void ApplyTo(LogIndex commit);
  void Store(const raft::SnapshotStore& store);
  void CheckSelf(const raft::Before& before);
  // R14, of what a leader proposes.
  void CheckVoters(const raft::Effects& effects);

  const raft::ReplicaKey key_;
  const raft::VoterSet bootstrap_;
  RaftChecker* const checker_;
  RaftDisk disk_;
  std::unique_ptr<raft::Core> core_;
  int64_t lives_ = 0;
  std::deque<Waiting> waiting_;
  uint64_t durable_id_ = 0;
  std::vector<raft::Message> outbox_;
  LogIndex applied_ = raft::kNoIndex;
  uint64_t state_ = 0;
  raft::SnapshotId receiving_;
  std::string received_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_RAFT_NODE_H_
