// MetadataWatches: the WatchMetadata streams of this controller.
//
// What: a snapshot, then a frame for each committed entry that touches what a
//   watcher asked for. A watcher that names the version in force gets no
//   snapshot.
// Backpressure: a watcher that does not read keeps kFramesMax frames; then
//   they are dropped and it gets a snapshot when it reads again.
// Units: versions are metadata offsets. Empty case: no streams.
// Thread: Open on gRPC's threads; the rest on the loop.
// Errors: LIMIT_EXCEEDED (too many topics named), OVERLOADED beyond
//   kWatchesMax, CONTROLLER_NOT_AVAILABLE (still replaying), SHUTTING_DOWN.
// Always true: versions on a stream rise; applying all frames to the snapshot
//   gives what a later snapshot would say.
#ifndef BARNABAS_CONTROLLER_SERVICE_METADATA_WATCHES_H_
#define BARNABAS_CONTROLLER_SERVICE_METADATA_WATCHES_H_

#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <memory>
#include <set>

#include "barnabas/v1/discovery.pb.h"
#include "controller/service/active_driver.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class MetadataWatches {
 public:
  static constexpr size_t kWatchesMax = 10 * 1000;
  static constexpr size_t kFramesMax = 64;
  using Reactor = grpc::ServerWriteReactor<v1::WatchMetadataResponse>;

  // Both outlive the watches, which end with the listener.
  MetadataWatches(env::EventLoop* loop, ActiveDriver* driver);

  // On the loop, once.
  void Start();
  // Ends all streams with SHUTTING_DOWN.
  void Stop();

  Reactor* Open(const v1::WatchMetadataRequest& request);

 private:
  class Watch;

  absl::Status Check(const v1::WatchMetadataRequest& request) const;
  void OnCommitted(const CommittedStep& step);

  env::EventLoop* const loop_;
  ActiveDriver* const driver_;

  // Of the loop.
  std::set<std::shared_ptr<Watch>> watches_;
  bool stopped_ = false;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_METADATA_WATCHES_H_
