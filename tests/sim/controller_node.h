// ControllerNode: one simulated controller: its disk, and its lives on it.
//
// What: the product's own quorum, log, driver and active controller on a loop,
//   workers, files and network of virtual time. A life ends by a power cut,
//   which loses what was not synced, or by its own failure.
// Units: virtual time. Empty case: a node that is down does nothing.
// Thread: the scheduler's. Errors: broken invariants go to the checker.
#ifndef BARNABAS_TESTS_SIM_CONTROLLER_NODE_H_
#define BARNABAS_TESTS_SIM_CONTROLLER_NODE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "controller/quorum/bootstrap.h"
#include "controller/quorum/metadata_quorum.h"
#include "controller/quorum/snapshot_taker.h"
#include "controller/service/active_driver.h"
#include "storage/log/log_directory.h"
#include "tests/sim/controller_checker.h"
#include "tests/sim/sim_network.h"
#include "tests/support/fault_files.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::sim {

// All outlive the node.
struct ControllerWorld {
  support::SimScheduler* scheduler = nullptr;
  SimNetwork* network = nullptr;
  ControllerChecker* checker = nullptr;
  Uuid cluster;
  // Each task of a worker takes up to so long: the disk's speed.
  absl::Duration disk_time_max;
  // Told what happens to the node.
  std::function<void(const std::string&)> note = [](const std::string&) {};
  quorum::SnapshotPolicy snapshots;
};

class ControllerNode {
 public:
  // Formats its disk; without `voters` it is a joiner.
  ControllerNode(const ControllerWorld& world, const quorum::Voter& self,
                 const std::vector<quorum::Voter>& voters);
  ~ControllerNode();

  const quorum::Voter& self() const { return self_; }
  raft::ReplicaKey key() const { return {self_.id, self_.directory}; }

  void Start();
  // The power fails.
  void Crash();
  // The disk does nothing any more, or goes on.
  void SetStalled(bool stalled);
  // Flips a bit in the newest snapshot of a node that is down; false if it
  // could not recover by an older one and its log.
  bool DamageSnapshot(uint64_t where);
  bool up() const { return life_ != nullptr; }
  // How many were begun.
  int64_t lives() const { return lives_; }
  // Of the life that is up.
  controller::ActiveDriver& driver();
  quorum::MetadataQuorum& quorum();
  support::SimEventLoop& loop();
  support::FaultFiles& files() { return *files_; }

  // After every task: who leads, and whether this life has failed, which ends
  // it.
  void Look();

 private:
  struct Life;

  absl::Status Open();

  const ControllerWorld world_;
  const quorum::Voter self_;

  std::unique_ptr<support::FaultFiles> files_;
  std::unique_ptr<Life> life_;
  int64_t lives_ = 0;
  // As the last life left it.
  LogIndex log_start_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_CONTROLLER_NODE_H_
