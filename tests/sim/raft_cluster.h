// RaftCluster: controllers, network and faults, all from one seed.
//
// What: virtual time in milliseconds, a queue of events, streams between every
//   two nodes that keep order and may break, disks that take their time, and
//   a swarm of faults whose kinds and rates the seed decides. A safety phase
//   with faults, then a liveness phase without.
// Units: milliseconds; a tick is 10 of them.
// Empty case: a cluster of one.
// Thread: one. Errors: Run returns "" or the first broken invariant.
// Always true: the same seed gives the same fingerprint.
#ifndef BARNABAS_TESTS_SIM_RAFT_CLUSTER_H_
#define BARNABAS_TESTS_SIM_RAFT_CLUSTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/decisions.h"
#include "tests/sim/raft_checker.h"
#include "tests/sim/raft_node.h"

namespace barnabas::sim {

struct RaftOutcome : SimReport {
  uint64_t fingerprint = 0;
  int64_t commits = 0;
  int64_t terms = 0;
};

class RaftCluster {
 public:
  explicit RaftCluster(const SimOptions& options);

  // About so many events with faults, then healing and as long as it takes.
  RaftOutcome Run(int64_t events);

 private:
  // What this seed's world is like.
  struct Swarm {
    int voters = 3;
    int spares = 0;
    int64_t delay_max_ms = 20;
    int64_t disk_max_ms = 10;
    double crash = 0;
    double cut = 0;
    double heal = 0;
    double break_stream = 0;
    double propose = 0;
    double member = 0;
    double transfer = 0;
    double snapshot = 0;
    double pause = 0;
    double drift = 0;
    double astray = 0;
  };
  struct Event {
    int64_t at_ms = 0;
    uint64_t order = 0;
    std::function<void()> run;

    bool operator<(const Event& other) const {
      return std::pair(at_ms, order) > std::pair(other.at_ms, other.order);
    }
  };
  using Link = std::pair<int, int>;
  struct Hearing {
    int64_t ticks = 0;
    // Of the leadership and of the voters that it was told of last.
    Term term;
    LogIndex change;
    int64_t since = 0;
    std::map<raft::ReplicaKey, int64_t> heard;
  };

  void DrawSwarm();
  void At(int64_t delay_ms, std::function<void()> run);
  bool Chance(double probability);
  int64_t Draw(int64_t low, int64_t high);

  void TickNode(int node);
  void Chaos();
  void ChaosOnNodes();
  void ChaosOnQuorum();
  void After(int node);
  void Send(int from, raft::Message message);
  void Break(const Link& link);
  void CrashNode(int node);
  void StartNode(int node);
  void ScheduleDisk(int node);
  void Heal();
  // R16: who was cut off for a while unseats nobody.
  void CheckCutOff();
  // R15: what is meant for another directory changes nothing.
  void SendAstray(int node);
  // R17: a leader that no majority answers is none much longer.
  void CheckHeard(int node);
  void Note(const std::string& event);
  int LeaderNode();
  int NodeOf(const raft::ReplicaKey& key) const;
  bool RunUntil(const std::function<bool()>& done, int64_t deadline_ms);
  bool Converged();
  // All nodes, for a failed run.
  std::string Describe();

  std::mt19937_64 random_;
  Decisions decisions_;
  Swarm swarm_;
  RaftChecker checker_;
  std::vector<std::unique_ptr<RaftNode>> nodes_;
  std::map<raft::ReplicaKey, const RaftDisk*> disks_;
  std::priority_queue<Event> queue_;
  int64_t now_ms_ = 0;
  uint64_t order_ = 0;
  std::set<Link> cuts_;
  // Streams: a break makes everything older than it vanish.
  std::map<Link, std::pair<uint64_t, int64_t>> streams_;
  std::set<int> paused_;
  // By node: its ticks, and when it heard of others since it leads.
  std::map<int, Hearing> hearing_;
  RaftOutcome outcome_;
  bool healing_ = false;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_RAFT_CLUSTER_H_
