// SimBroker: a broker as controllers see it: a session and its heartbeats.
//
// What: looks for the leading controller, registers, beats, and begins anew
//   when the session ends or its controller dies. Holds no partitions; says
//   that it has applied whatever its controller has committed.
// Units: virtual time. Empty case: without a leader it keeps looking.
// Thread: the scheduler's; on the loop of the world. Errors: none.
#ifndef BARNABAS_TESTS_SIM_SIM_BROKER_H_
#define BARNABAS_TESTS_SIM_SIM_BROKER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "controller/service/active_driver.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"
#include "storage/env/event_loop.h"
#include "tests/sim/controller_node.h"

namespace barnabas::sim {

class SimBroker {
 public:
  struct Deps {
    env::EventLoop* loop = nullptr;
    // Who leads now; nullptr if nobody is known to.
    std::function<ControllerNode*()> leader;
    Uuid cluster;
  };

  SimBroker(const Deps& deps, BrokerId id);

  void Start() { Tick(); }
  // Its process dies and comes back: another incarnation.
  void Restart();

 private:
  class Sink;

  void Tick();
  void Register(ControllerNode* node);
  void Beat();
  void Drop();
  // The controller's life that the session is with goes on.
  bool Attached() const;

  const Deps deps_;
  const BrokerId id_;

  uint64_t incarnation_ = 1;
  // The node and the end of its session here.
  ControllerNode* node_ = nullptr;
  int64_t node_life_ = 0;
  std::shared_ptr<Sink> sink_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_SIM_BROKER_H_
