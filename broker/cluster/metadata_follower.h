// MetadataFollower: the cluster's image on this broker, always on its way to
// the newest.
//
// What: streams committed metadata entries from the active controller, replays
//   them, and publishes each batch of changes as (changes, image). Goes on
//   at the next offset after a broken stream; where the controller's log begins
//   only later, a snapshot comes first. Keeps nothing on disk (README 24).
// Place: owned by broker_process; feeds partition tables, views, admin.
// Units: versions are offsets of the metadata log.
// Empty case: before the first entry the image has version -1.
// Thread: Start, Stop, Subscribe on the loop; subscribers run on the loop;
//   image(), committed_end() and WhenApplied from any thread.
// Errors: OnRefused of the options for INCONSISTENT_CLUSTER_ID and for an
//   entry that cannot be replayed (UNSUPPORTED_FORMAT: a newer controller; the
//   broker must not guess). All else is tried again for ever.
// Always true: versions published rise; each subscriber sees every change, in
//   order, once; image() is at least as new as what subscribers have seen.
#ifndef BARNABAS_BROKER_CLUSTER_METADATA_FOLLOWER_H_
#define BARNABAS_BROKER_CLUSTER_METADATA_FOLLOWER_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/cluster/controller_choice.h"
#include "client/rpc/channel_pool.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/image_changes.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "proto/types/uuid.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

class MetadataFollower {
 public:
  struct Options {
    Uuid cluster_id;
    NodeId node;
    uint64_t seed = 0;
    // Called once, on the loop: stop the process with this error.
    std::function<void(const absl::Status&)> on_refused;
  };
  // All outlive the follower.
  struct Deps {
    std::shared_ptr<env::EventLoop> loop;
    rpc::ChannelPool* channels = nullptr;
    ControllerChoice* controllers = nullptr;
  };
  // What changed, and the result. Both are valid during the call; copies of the
  // image are cheap.
  using Subscriber = std::function<void(const image::ImageChanges& changes,
                                        const image::ClusterImage& image)>;

  static std::unique_ptr<MetadataFollower> Make(const Options& options,
                                                const Deps& deps);

  // Ends the stream; destroy it on the loop.
  virtual ~MetadataFollower() = default;

  // Before Start, in the order in which they shall be told.
  virtual void Subscribe(Subscriber subscriber) = 0;
  virtual void Start() = 0;
  virtual void Stop() = 0;

  virtual image::ClusterImage image() const = 0;
  // One past the last committed offset, as the controller said last.
  virtual LogIndex committed_end() const = 0;

  // Runs `done` on the loop once `version` is applied, or with
  // REQUEST_TIMED_OUT after `timeout`; SHUTTING_DOWN after Stop.
  virtual void WhenApplied(
      LogIndex version, absl::Duration timeout,
      absl::AnyInvocable<void(const absl::Status&)> done) = 0;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_METADATA_FOLLOWER_H_
