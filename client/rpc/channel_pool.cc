#include "client/rpc/channel_pool.h"

#include <glog/logging.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/sync_stream.h>

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

// gRPC 1.51 stops its callback threads with the last channel. If that channel
// goes away on one of them, inside a callback, the thread waits for itself and
// then runs on in freed memory. So one channel, which leads nowhere, is kept
// until the process ends; its one call makes gRPC start the threads.
void KeepCallbackThreads() {
  using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
  };
  static const Stub* const kept = [] {
    auto* stub = new Stub(grpc::CreateChannel("nowhere", nullptr));
    auto* call = new Call;
    const grpc::Slice nothing;
    call->request = grpc::ByteBuffer(&nothing, 1);
    stub->UnaryCall(&call->context, "/nothing/Nothing", grpc::StubOptions(),
                    &call->request, &call->response,
                    [call](const grpc::Status&) { delete call; });
    return stub;
  }();
  CHECK(kept != nullptr);
}

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

ChannelPool::ChannelPool(std::string agent) : agent_(std::move(agent)) {
  KeepCallbackThreads();
}

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
