// ChannelPool: one gRPC channel per endpoint.
//
// What: makes channels with the settings every Barnabas connection has:
//   message limits of kMessageBytesMax, no gRPC compression, keepalive, no
//   proxies, quick reconnection. Pools share no connections with each other,
//   so bulk traffic of one never waits behind another's.
// Units: none. Endpoints are "host:port".
// Empty case: a new pool has no channels; making one does not dial.
// Thread: any. Errors: none; a channel that cannot connect fails its calls.
// Always true: the same endpoint gives the same channel until Forget.
#ifndef BARNABAS_CLIENT_RPC_CHANNEL_POOL_H_
#define BARNABAS_CLIENT_RPC_CHANNEL_POOL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::rpc {

class ChannelPool {
 public:
  // `agent` leads the user agent that servers see, "barnabas-cpp".
  explicit ChannelPool(std::string agent);

  std::shared_ptr<grpc::Channel> Get(const std::string& endpoint);

  // Drops the channel of an endpoint that is no longer part of the cluster.
  // Calls under way end as they would.
  void Forget(const std::string& endpoint);

 private:
  const std::string agent_;

  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<grpc::Channel>> channels_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_CHANNEL_POOL_H_
