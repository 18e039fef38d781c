// Listener: a gRPC server on an accept loop of our own.
//
// What: Debian's gRPC 1.51 dies of one shortage of descriptors, inflates
//   bombs and holds half-open callers; so the listener accepts by itself
//   (env::TcpAcceptor), takes only callers that begin with HTTP/2's preface,
//   refuses gRPC compression, bounds messages, streams and handshakes, and
//   adds health and reflection. What cannot be bounded inside gRPC is watched
//   from below, and the offender's connection is shut. See reliability.md 0.1.
// Place: made by broker_process and controller_process, one per port.
// Units: bytes, absl::Duration. Ranges: port 0 lets the kernel choose.
// Empty case: without services only health and reflection answer.
// Thread: Start, Shutdown and the destructor by the owner; the rest any.
// Errors: ADDRESS_IN_USE, PERMISSION_DENIED, INVALID_NODE_FILE of the
//   acceptor. A caller with HTTP/1 is answered 426 and shut.
// Always true: services, health board and extensions outlive the listener.
#ifndef BARNABAS_CLIENT_SERVING_LISTENER_H_
#define BARNABAS_CLIENT_SERVING_LISTENER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/serving/call_metrics.h"
#include "client/serving/connection_guard.h"
#include "client/serving/health.h"
#include "client/serving/held_bytes.h"
#include "proto/types/limits.h"
#include "storage/env/metrics.h"
#include "storage/env/net/tcp_acceptor.h"

namespace grpc {
class Server;
class ServerBuilder;
class Service;
}  // namespace grpc

namespace barnabas::rpc {

// One service and its full name: {v1::Discovery::service_full_name(), &x}.
struct ServedService {
  std::string name;
  grpc::Service* service = nullptr;
};

// A connection that is silent for `time` is asked whether it lives, and has
// `timeout` to answer.
struct Keepalive {
  absl::Duration time = absl::Seconds(20);
  absl::Duration timeout = absl::Seconds(10);
};

struct ListenerOptions {
  // "client" or "peer", for logs.
  std::string name;
  std::string host;
  int32_t port = 0;
  std::vector<ServedService> services;
  // May be null.
  HealthBoard* health = nullptr;
  // What the services hold for their callers; may be null.
  HeldBytes* held = nullptr;
  // Counts calls; may be null.
  CallMetrics* calls = nullptr;
  int64_t message_bytes_max = kMessageBytesMax;
  int32_t connections_max = kConnectionsMax;
  int32_t streams_per_connection_max = kStreamsPerConnectionMax;
  absl::Duration handshake_timeout = absl::Seconds(5);
  Keepalive keepalive;
  ConnectionGuard::Options guard;
  // While the process holds more, the heaviest connections are shut. 0 is
  // half of what the machine, or the control group, has.
  int64_t memory_bytes_max = 0;
  // For what the above cannot say (completion queues, generic services).
  std::function<void(grpc::ServerBuilder*)> extend;
};

class Listener {
 public:
  // Binds, builds the server and accepts.
  static absl::StatusOr<std::unique_ptr<Listener>> Start(
      const ListenerOptions& options);

  // Shuts down without grace if Shutdown was not called.
  virtual ~Listener() = default;

  virtual int32_t port() const = 0;

  // New connections are refused from now on; calls and streams go on.
  virtual void StopAccepting() = 0;
  // StopAccepting, then waits up to `grace` for calls to end, then cancels
  // them. Services must have ended their streams with GoAway before.
  virtual void Shutdown(absl::Duration grace) = 0;

  virtual env::AcceptorFacts facts() const = 0;
  // Connections that were shut because they did harm.
  virtual int64_t offenders() const = 0;
  // barnabas_connections and what became of others; the listener outlives the
  // registry's use.
  virtual void RegisterMetrics(env::Registry* registry) const = 0;
  virtual env::TcpAcceptor* acceptor() = 0;
  virtual grpc::Server* server() = 0;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_LISTENER_H_
