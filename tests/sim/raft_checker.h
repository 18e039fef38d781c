// RaftChecker: the invariants of Raft across nodes, checked at every event.
//
// What: ghost state that no node knows: who led which term, who voted for
//   whom, what was ever committed, which entry stands at (index, term).
//   Names are those of the reliability page, R1 to R21.
// Units: indexes. Empty case: nothing was broken.
// Thread: the simulation's.
// Errors: the first broken invariant stays in broken().
#ifndef BARNABAS_TESTS_SIM_RAFT_CHECKER_H_
#define BARNABAS_TESTS_SIM_RAFT_CHECKER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "metadata/raft/effects.h"
#include "metadata/raft/messages.h"
#include "metadata/raft/replica.h"
#include "tests/sim/raft_disk.h"

namespace barnabas::sim {

uint64_t HashOf(const raft::Entry& entry);

class RaftChecker {
 public:
  // R1, R7, R11.
  void OnLeader(const raft::ReplicaKey& node, Term term,
                const raft::Replica& replica, const RaftDisk& disk);
  // R2, R3, R9.
  void OnSend(const raft::Message& message, const RaftDisk& sender);
  // R6.
  void OnAppend(const raft::Entry& entry, std::optional<uint64_t> before);
  // R8, R12: a majority of `voters` must hold it durably.
  void OnLeaderCommit(LogIndex commit, const raft::Replica& leader,
                      const std::map<raft::ReplicaKey, const RaftDisk*>& disks);
  // A node in `term` knows that all up to `commit` is committed.
  void OnCommit(LogIndex commit, Term term);
  // R10.
  void OnApply(const raft::Entry& entry, LogIndex expected);
  // R10, R13: what is applied up to `index` is the same everywhere.
  void OnState(LogIndex index, uint64_t state);
  // R18: a read that is confirmed sees all that was committed when it began.
  void OnRead(uint64_t read);
  void OnReadOver(const raft::ReadOutcome& outcome);

  void Break(const std::string& what);
  const std::string& broken() const { return broken_; }
  int64_t commits() const { return static_cast<int64_t>(committed_.size()); }
  int64_t leaders() const { return static_cast<int64_t>(leader_of_.size()); }

 private:
  std::map<Term, raft::ReplicaKey> leader_of_;
  std::map<std::pair<Term, raft::ReplicaKey>, raft::ReplicaKey> votes_;
  std::map<raft::EntryId, uint64_t> entries_;
  std::map<LogIndex, std::pair<Term, uint64_t>> committed_;
  // How far nodes in each term knew of commits.
  std::map<Term, LogIndex> reached_;
  std::map<LogIndex, uint64_t> applied_;
  std::map<uint64_t, LogIndex> reads_;
  std::string broken_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_RAFT_CHECKER_H_
