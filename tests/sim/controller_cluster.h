// ControllerCluster: controllers, brokers, callers and faults from one seed.
//
// What: the product's own controllers on virtual time; a swarm of faults whose
//   kinds and rates the seed decides: power cuts, pauses, cut and broken
//   connections, disks that fail, fill up, hang and are slow, damaged
//   snapshots; callers that make, change and delete topics and read. A safety
//   phase with faults, then a liveness phase without.
// Units: virtual time; an event is one task of a loop or worker.
// Empty case: a cluster of one controller.
// Thread: one. Errors: Run returns "" or the first broken invariant.
// Always true: the same seed gives the same fingerprint.
#ifndef BARNABAS_TESTS_SIM_CONTROLLER_CLUSTER_H_
#define BARNABAS_TESTS_SIM_CONTROLLER_CLUSTER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/sim/call_checker.h"
#include "tests/sim/controller_checker.h"
#include "tests/sim/controller_node.h"
#include "tests/sim/decisions.h"
#include "tests/sim/sim_broker.h"
#include "tests/sim/sim_callers.h"
#include "tests/sim/sim_network.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::sim {

struct ControllerOutcome : SimReport {
  uint64_t fingerprint = 0;
  int64_t commits = 0;
  int64_t terms = 0;
  // Topics that callers were told are made; reads that were answered.
  int64_t made = 0;
  int64_t reads = 0;
  // Leaders that moved between in-sync replicas, at each node that saw it.
  int64_t moves = 0;
};

class ControllerCluster {
 public:
  explicit ControllerCluster(const SimOptions& options);
  ~ControllerCluster();

  // About so many events with faults, then healing and as long as it takes.
  ControllerOutcome Run(int64_t events);

 private:
  struct DiskSwarm {
    absl::Duration time_max;
    // Times so much on some nodes.
    int64_t slow = 1;
    double error = 0;
    double full = 0;
    double stall = 0;
    double damage = 0;
  };
  // What this seed's world is like: chances of each fault at each step.
  struct Swarm {
    int controllers = 3;
    // Formatted to join later.
    int spares = 0;
    DiskSwarm disk;
    absl::Duration delay_max;
    double crash = 0;
    double cut = 0;
    double break_stream = 0;
    double pause = 0;
    // A leader is left with one follower whose disk hangs.
    double strand = 0;
    double broker = 0;
    double request = 0;
    double member = 0;
    double transfer = 0;
    int64_t snapshot_bytes = 0;
  };

  void DrawSwarm();
  bool Chance(double probability);
  int64_t Draw(int64_t low, int64_t high);
  int64_t Count() const { return static_cast<int64_t>(nodes_.size()); }
  void MakeNodes();
  // Runs tasks until so much time has passed.
  void RunFor(absl::Duration time);
  bool RunUntil(const std::function<bool()>& done, absl::Duration limit);
  void Chaos();
  void ChaosOnNode(ControllerNode& node);
  void ChaosOnDisk(ControllerNode& node);
  void ChaosOnNetwork();
  void Strand();
  void ChaosOnQuorum();
  void ChaosOfCallers();
  void Heal();
  void CheckLiveness();
  // R16: who was cut off for a while unseats nobody.
  void CheckCutOff();
  bool Converged();
  bool BrokersFollow();
  void Note(const std::string& event);
  ControllerNode* Leader();
  ControllerNode& AnyNode();
  std::string Describe();

  Decisions decisions_;
  support::SimScheduler scheduler_;
  // Time of brokers and callers.
  support::SimEventLoop loop_;
  SimNetwork network_;
  ControllerChecker checker_;
  CallChecker calls_{&checker_};
  SimCallers callers_{&calls_};
  Swarm swarm_;
  std::vector<std::unique_ptr<ControllerNode>> nodes_;
  std::vector<std::unique_ptr<SimBroker>> brokers_;
  ControllerOutcome outcome_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_CONTROLLER_CLUSTER_H_
