// NodeCaller: one blocking call on whichever node of the cluster answers.
//
// What: tries the given nodes in turn until one answers. Coded refusals that
//   another moment or node may lift are tried again until the deadline; nodes
//   that cannot be reached only for a short while, so that a wrong address is
//   told soon.
// Units: absl::Duration. Empty case: no endpoints means "localhost:9292".
// Thread: any; Call blocks.
// Errors: Unavailable when no node could be reached; REQUEST_TIMED_OUT when a
//   write was sent and its answer was lost; else what the node said.
// Always true: a write is sent once more only if the first was refused.
#ifndef BARNABAS_CLIENT_ADMIN_NODE_CALLER_H_
#define BARNABAS_CLIENT_ADMIN_NODE_CALLER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/client_options.h"
#include "client/rpc/channel_pool.h"
#include "storage/env/system_clock.h"

namespace barnabas::client {

enum class CallKind { kRead, kWrite };

class NodeCaller {
 public:
  // Makes the call and gives gRPC's status; may be called several times.
  using Attempt = std::function<grpc::Status(
      const std::shared_ptr<grpc::Channel>&, grpc::ClientContext*)>;

  NodeCaller(const ClientOptions& options, std::vector<std::string> endpoints);

  absl::Status Call(CallKind kind, const Attempt& attempt);
  // The same on one node only, without a second try.
  absl::Status CallAt(const std::string& endpoint, CallKind kind,
                      const Attempt& attempt);

 private:
  absl::Status TryOnce(const std::string& endpoint, CallKind kind,
                       absl::Duration timeout, const Attempt& attempt);
  std::string Current();
  // Goes on to the hinted node, or the next one.
  void TurnFrom(const std::string& endpoint, const absl::Status& status);

  const ClientOptions options_;
  rpc::ChannelPool channels_;
  const env::SystemClock clock_;
  const uint64_t seed_;

  absl::Mutex mutex_;
  std::vector<std::string> endpoints_ ABSL_GUARDED_BY(mutex_);
  size_t turn_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_ADMIN_NODE_CALLER_H_
