#include "client/rpc/channel_pool.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "proto/types/limits.h"

namespace barnabas::rpc {
namespace {

// A dead peer is noticed after at most the sum of the two.
constexpr int kKeepaliveTimeMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
// gRPC's own defaults (1 s to 2 min) are meant for the open internet.
constexpr int kReconnectFirstMs = 50;
constexpr int kReconnectMaxMs = 1'000;
// Bounds one attempt to connect.
constexpr int kConnectMs = 3'000;

grpc::ChannelArguments ArgumentsFor(const std::string& agent) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
  arguments.SetMaxSendMessageSize(static_cast<int>(kMessageBytesMax));
  // Batches are compressed inside; a second time only costs.
  arguments.SetCompressionAlgorithm(GRPC_COMPRESS_NONE);
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET,
                   1 << GRPC_COMPRESS_NONE);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirstMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMs);
  // A proxy from the environment has no business between nodes.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetUserAgentPrefix(agent);
  return arguments;
}

}  // namespace

ChannelPool::ChannelPool(std::string agent) : agent_(std::move(agent)) {}

std::shared_ptr<grpc::Channel> ChannelPool::Get(const std::string& endpoint) {
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<grpc::Channel>& channel = channels_[endpoint];
  if (channel == nullptr) {
    channel = grpc::CreateCustomChannel(
        endpoint, grpc::InsecureChannelCredentials(), ArgumentsFor(agent_));
  }
  return channel;
}

void ChannelPool::Forget(const std::string& endpoint) {
  std::shared_ptr<grpc::Channel> dropped;
  absl::MutexLock lock(&mutex_);
  const auto found = channels_.find(endpoint);
  if (found == channels_.end()) return;
  dropped = std::move(found->second);
  channels_.erase(found);
}

}  // namespace barnabas::rpc
