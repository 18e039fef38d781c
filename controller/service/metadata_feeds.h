// MetadataFeeds: the FollowMetadata streams of this controller.
//
// What: each stream gets committed entries from the offset that its follower
//   asked for, in chunks, for ever, behind a snapshot where the log begins only
//   later; an idle one gets the committed end four times a second, so that
//   silence means trouble.
// Backpressure: one chunk of a stream is read and written at a time, and the
//   next is read when gRPC took it; a slow follower holds one chunk.
// Units: offsets of the metadata log; bytes.
// Empty case: no streams.
// Thread: Open on gRPC's threads; the rest on the loop; log reads on workers.
// Errors: INCONSISTENT_CLUSTER_ID, OFFSET_OUT_OF_RANGE (a follower ahead of
//   the log: of another cluster, or the log was restored), OVERLOADED,
//   CONTROLLER_NOT_AVAILABLE (still replaying, or cut off from the quorum for
//   some seconds), SHUTTING_DOWN.
// Always true: offsets on a stream have no gap but that of a snapshot; only
// committed entries leave.
#ifndef BARNABAS_CONTROLLER_SERVICE_METADATA_FEEDS_H_
#define BARNABAS_CONTROLLER_SERVICE_METADATA_FEEDS_H_

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <set>

#include "barnabas/internal/v1/controller.pb.h"
#include "controller/service/active_driver.h"
#include "proto/types/limits.h"
#include "proto/types/units.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class MetadataFeeds {
 public:
  static constexpr int32_t kFeedsMax = 2 * kBrokersMax;
  static constexpr int64_t kChunkBytes = kMiB;
  using Reactor =
      grpc::ServerWriteReactor<internal::v1::FollowMetadataResponse>;

  // All outlive the feeds, which end with the listener.
  struct Deps {
    env::EventLoop* loop = nullptr;
    env::WorkerPool* workers = nullptr;
    ActiveDriver* driver = nullptr;
    quorum::MetadataQuorum* quorum = nullptr;
  };

  explicit MetadataFeeds(const Deps& deps);

  // Subscribes to the driver and begins to tick; on the loop, once.
  void Start();
  // Ends all streams with SHUTTING_DOWN.
  void Stop();

  Reactor* Open(const internal::v1::FollowMetadataRequest& request);

  // Streams now; on the loop.
  size_t open() const { return feeds_.size(); }

 private:
  class Feed;

  absl::Status Check(const internal::v1::FollowMetadataRequest& request) const;
  void WakeAll();
  void EndAll(const absl::Status& status);
  void Tick();

  const Deps deps_;

  // Of the loop.
  std::set<std::shared_ptr<Feed>> feeds_;
  bool stopped_ = false;
  // Ticks since a leader was known.
  int leaderless_ = 0;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_METADATA_FEEDS_H_
