// Front: everything that a controller serves on its peer listener.
//
// What: owns the reactors and services around one ActiveDriver: broker
//   sessions, metadata feeds, topics, settings, discovery; serves the quorum's
//   peers beside them.
// Place: made by controller_process between the driver and the listener.
// Units: none. Empty case: none.
// Thread: Start and Stop on the loop; services() before the listener starts.
// Errors: none of its own.
// Always true: it outlives the listener that serves it; after Stop no stream
//   goes on, so the listener can shut down in time.
#ifndef BARNABAS_CONTROLLER_SERVICE_FRONT_H_
#define BARNABAS_CONTROLLER_SERVICE_FRONT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "client/serving/listener.h"
#include "controller/quorum/metadata_quorum.h"
#include "controller/service/active_driver.h"
#include "controller/service/quorum_peers.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class Front {
 public:
  // All outlive the front.
  struct Deps {
    env::EventLoop* loop = nullptr;
    env::WorkerPool* workers = nullptr;
    ActiveDriver* driver = nullptr;
    quorum::MetadataQuorum* quorum = nullptr;
    QuorumPeers* peers = nullptr;
    // Node and directory.
    raft::ReplicaKey self;
    Uuid cluster_id;
    int64_t started_ms = 0;
  };

  static std::unique_ptr<Front> Make(const Deps& deps);
  virtual ~Front() = default;

  virtual std::vector<rpc::ServedService> services() = 0;
  virtual void Start() = 0;
  // Ends all streams with SHUTTING_DOWN.
  virtual void Stop() = 0;

  // Broker sessions now; any thread.
  virtual int32_t sessions() const = 0;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_FRONT_H_
