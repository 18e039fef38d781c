// MetadataWatch: hears at once that brokers, topics or leaders changed.
//
// What: one WatchMetadata stream, whose messages only say that it is time to
//   ask again: what changed comes by the one way that all metadata comes.
// Place: owned by ClusterView, which asks now and then anyway; so a server
//   that refuses the stream, or a stream that breaks, costs time and nothing
//   else.
// Units: versions are offsets of the metadata log. Empty case: watches
//   nothing.
// Thread: all methods and on_change on the loop.
// Errors: none; a stream that ends is opened again by the next Follow.
// Always true: at most one stream; after Stop nothing is told any more.
#ifndef BARNABAS_CLIENT_METADATA_WATCH_H_
#define BARNABAS_CLIENT_METADATA_WATCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "client/rpc/channel_pool.h"
#include "storage/env/event_loop.h"

namespace barnabas::client {

class MetadataWatch {
 public:
  struct Deps {
    std::shared_ptr<rpc::ChannelPool> channels;
    std::shared_ptr<env::EventLoop> loop;
    // Something changed, or a stream that had lived for a while broke. Must
    // not destroy the watch.
    std::function<void()> on_change;
  };

  explicit MetadataWatch(Deps deps) : deps_(std::move(deps)) {}
  ~MetadataWatch() { Stop(); }
  MetadataWatch(const MetadataWatch&) = delete;
  MetadataWatch& operator=(const MetadataWatch&) = delete;

  // Watches `topics` for what comes after `version`, at `endpoint` unless a
  // stream for these topics is open somewhere. Without topics it stops.
  void Follow(const std::string& endpoint, const std::set<std::string>& topics,
              int64_t version);
  void Stop();

 private:
  class Call;

  void Heard(const Call* call);
  void Ended(const Call* call);

  const Deps deps_;
  std::set<std::string> topics_;
  std::shared_ptr<Call> call_;
  absl::Duration opened_;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_METADATA_WATCH_H_
