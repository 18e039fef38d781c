// ControllerLink: one life of this broker, as the active controller sees it.
//
// What: registers, then beats every half second on one bidi stream; after a
//   broken stream it dials again with backoff and registers anew with the same
//   incarnation; after STALE_BROKER_EPOCH too.
// Place: owned by broker_process; knows neither logs nor partitions.
// Units: heartbeat and session times are the controller's, in milliseconds.
// Empty case: before the first registration the epoch is nullopt.
// Thread: all methods and events on the loop given; epoch() any thread.
// Errors: OnRefused for what trying again cannot mend: INCONSISTENT_CLUSTER_ID,
//   INVALID_REGISTRATION, and DUPLICATE_BROKER_REGISTRATION once it has lasted
//   for two sessions. All else is tried again for ever.
// Always true: epochs that OnRegistered gives rise strictly; beats carry the
//   epoch of the stream they go out on.
#ifndef BARNABAS_BROKER_CLUSTER_CONTROLLER_LINK_H_
#define BARNABAS_BROKER_CLUSTER_CONTROLLER_LINK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "broker/cluster/controller_choice.h"
#include "client/rpc/channel_pool.h"
#include "metadata/image/broker_state.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "proto/types/uuid.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

// What one heartbeat says.
struct BrokerBeat {
  // Highest metadata offset applied.
  LogIndex applied{-1};
  // Not ready to serve yet, or no longer.
  bool want_fence = false;
  bool want_stop = false;
  int64_t disk_used_bytes = 0;
  int64_t disk_free_bytes = 0;
};

// What the controller answered to it.
struct BeatReply {
  bool fenced = true;
  bool caught_up = false;
  // This broker leads nothing any more and may stop.
  bool may_stop = false;
};

// The owner of a link; called on its loop.
class ControllerLinkEvents {
 public:
  virtual ~ControllerLinkEvents() = default;

  // Asked before each heartbeat.
  virtual BrokerBeat NextBeat() = 0;
  virtual void OnRegistered(BrokerEpoch epoch) = 0;
  virtual void OnReply(const BeatReply& reply) = 0;
  // The stream broke, or none could be made; the link dials again by itself
  // and says so once an outage.
  virtual void OnDisconnected(const absl::Status& status) = 0;
  // It is of no use to go on: stop the process with this error.
  virtual void OnRefused(const absl::Status& status) = 0;
};

class ControllerLink {
 public:
  struct Options {
    Uuid cluster_id;
    BrokerId broker;
    // New at every start of the process.
    Uuid incarnation;
    Uuid directory;
    std::string rack;
    std::vector<image::BrokerEndpoint> endpoints;
    std::string version;
    // From the clean-stop marker (C3).
    std::optional<BrokerEpoch> previous_epoch;
    uint64_t seed = 0;
  };
  // All outlive the link.
  struct Deps {
    std::shared_ptr<env::EventLoop> loop;
    rpc::ChannelPool* channels = nullptr;
    ControllerChoice* controllers = nullptr;
    ControllerLinkEvents* events = nullptr;
  };

  static std::unique_ptr<ControllerLink> Make(const Options& options,
                                              const Deps& deps);

  // Ends the stream; destroy it on the loop.
  virtual ~ControllerLink() = default;

  virtual void Start() = 0;
  // Beats now instead of at the next turn (readiness or stopping changed).
  virtual void BeatNow() = 0;
  virtual void Stop() = 0;

  virtual std::optional<BrokerEpoch> epoch() const = 0;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_CONTROLLER_LINK_H_
