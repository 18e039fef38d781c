// SimBroker: a broker as controllers see it: a session, its heartbeats, and a
// learner of the metadata.
//
// What: looks for the leading controller, registers, beats, and begins anew
//   when the session ends or its controller dies. Beside that it follows the
//   committed entries of any controller that is up, as MetadataFeeds serves
//   them, replays them into an image of its own, and says in its heartbeats
//   how far it came. Holds no partitions.
// Units: virtual time. Empty case: without a leader it keeps looking.
// Thread: the scheduler's; on the loop of the world. Errors: what it is told
//   that was not committed breaks R19, an epoch that does not rise C1, leave
//   to stop for one that leads C8.
#ifndef BARNABAS_TESTS_SIM_SIM_BROKER_H_
#define BARNABAS_TESTS_SIM_SIM_BROKER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "controller/service/active_driver.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"
#include "storage/env/event_loop.h"
#include "tests/sim/controller_checker.h"
#include "tests/sim/controller_node.h"

namespace barnabas::sim {

class SimBroker {
 public:
  struct Deps {
    env::EventLoop* loop = nullptr;
    // Who leads now; nullptr if nobody is known to.
    std::function<ControllerNode*()> leader;
    // Whom to follow next.
    std::function<ControllerNode*()> any;
    ControllerChecker* checker = nullptr;
    Uuid cluster;
  };

  SimBroker(const Deps& deps, BrokerId id);

  void Start();
  // Its process dies and comes back: another incarnation, without metadata.
  void Restart();
  // Asks whether it may stop, until it may; then restarts.
  void Stop() { stopping_ = true; }

  const image::ClusterImage& image() const { return image_; }

 private:
  class Sink;
  // What a controller answered to one look.
  struct Fed {
    // Go on with another controller.
    bool astray = false;
    std::vector<active::Committed> entries;
    std::optional<image::ClusterImage> snapshot;
  };

  void Tick();
  void Register(ControllerNode* node);
  void Beat();
  void Drop();
  // The controller's life that the session is with goes on.
  bool Attached() const;

  void Follow();
  static Fed Feed(ControllerNode* node, LogIndex next);
  void Take(const Fed& fed);

  const Deps deps_;
  const BrokerId id_;

  uint64_t incarnation_ = 1;
  bool stopping_ = false;
  bool may_stop_ = false;
  // The node and the end of its session here.
  ControllerNode* node_ = nullptr;
  int64_t node_life_ = 0;
  std::shared_ptr<Sink> sink_;
  // Whom it follows, and how far it came.
  ControllerNode* source_ = nullptr;
  image::ClusterImage image_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_SIM_BROKER_H_
