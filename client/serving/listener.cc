#include "client/serving/listener.h"

#include <fcntl.h>
#include <glog/logging.h>
#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/server_interceptor.h>

#include <mutex>
#include <utility>

#include "client/serving/connection_watch.h"
#include "client/serving/entrances.h"
#include "client/serving/socket_counts.h"
#include "grpc/health/v1/health.pb.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/allocator.h"
#include "storage/env/memory.h"

namespace barnabas::rpc {
namespace {

// What every HTTP/2 client says first (RFC 9113, 3.4).
constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr char kHttp1Answer[] =
    "HTTP/1.1 426 Upgrade Required\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Upgrade: h2c\r\n"
    "Connection: close\r\n"
    "Content-Length: 96\r\n"
    "\r\n"
    "PROTOCOL_ERROR: this port speaks gRPC over HTTP/2; probes and metrics "
    "are on the http listener.\n";
// Metadata of one call: enough for tokens and traces.
constexpr int kMetadataBytesMax = 16 * 1024;

// Debian's gRPC registers its health service without a descriptor, so
// reflection could list but not describe it; ours is linked by being named.
void LinkHealthDescriptor() {
  CHECK(grpc::health::v1::HealthCheckRequest::descriptor() != nullptr);
}

void InitPlugins() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Kept until the process ends: the last shutdown of gRPC would wait up to
    // ten seconds for a poller that covers a caller who does not read.
    grpc_init();
    LinkHealthDescriptor();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

void SetBounds(const ListenerOptions& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(
      static_cast<int>(options.message_bytes_max));
  builder->SetMaxSendMessageSize(static_cast<int>(options.message_bytes_max));
  // The receive limit is applied to the bytes on the wire, so 261 kB could
  // inflate to 256 MiB; batches carry their own compression.
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder->SetDefaultCompressionAlgorithm(GRPC_COMPRESS_NONE);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              options.streams_per_connection_max);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder->AddChannelArgument(
      GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
      static_cast<int>(absl::ToInt64Milliseconds(options.handshake_timeout)));
}

void SetKeepalive(const Keepalive& keepalive, grpc::ServerBuilder* builder) {
  builder->AddChannelArgument(
      GRPC_ARG_KEEPALIVE_TIME_MS,
      static_cast<int>(absl::ToInt64Milliseconds(keepalive.time)));
  builder->AddChannelArgument(
      GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
      static_cast<int>(absl::ToInt64Milliseconds(keepalive.timeout)));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Clients may ping every 5 s even when idle.
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5000);
}

class GrpcListener final : public Listener {
 public:
  GrpcListener(const ListenerOptions& options,
               std::unique_ptr<env::TcpAcceptor> acceptor)
      : name_(options.name),
        health_(options.health),
        watch_(WatchDeps(options)),
        acceptor_(std::move(acceptor)) {}

  ~GrpcListener() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Build(const ListenerOptions& options) {
    InitPlugins();
    grpc::ServerBuilder builder;
    entrances_ = std::make_unique<Entrances>(name_, &builder);
    SetBounds(options, &builder);
    SetKeepalive(options.keepalive, &builder);
    for (const ServedService& served : options.services) {
      builder.RegisterService(served.service);
    }
    if (options.calls != nullptr) {
      std::vector<std::unique_ptr<
          grpc::experimental::ServerInterceptorFactoryInterface>>
          interceptors;
      interceptors.push_back(options.calls->Interceptors());
      builder.experimental().SetInterceptorCreators(std::move(interceptors));
    }
    if (options.extend) options.extend(&builder);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return MakeError(ErrorCode::kInternal,
                       "gRPC refused to build the server of listener " + name_,
                       "see the log lines above");
    }
    if (health_ != nullptr && server_->GetHealthCheckService() != nullptr) {
      for (const ServedService& served : options.services) {
        health_->SetService(served.name, true);
      }
      health_->Attach(server_->GetHealthCheckService());
    }
    acceptor_->Start([entrances = entrances_.get()](
                         int descriptor) { entrances->Bring(descriptor); },
                     [this](const env::TrafficRound& round) {
                       return watch_.OnRound(round);
                     });
    return absl::OkStatus();
  }

  int32_t port() const override { return acceptor_->port(); }
  void StopAccepting() override { acceptor_->StopAccepting(); }
  env::AcceptorFacts facts() const override { return acceptor_->facts(); }
  int64_t offenders() const override { return watch_.offenders(); }
  void RegisterMetrics(env::Registry* registry) const override;
  env::TcpAcceptor* acceptor() override { return acceptor_.get(); }
  grpc::Server* server() override { return server_.get(); }

  void Shutdown(absl::Duration grace) override {
    acceptor_->StopAccepting();
    if (server_ == nullptr || shut_) return;
    shut_ = true;
    if (health_ != nullptr && server_->GetHealthCheckService() != nullptr) {
      health_->Detach(server_->GetHealthCheckService());
    }
    const auto deadline = gpr_time_add(
        gpr_now(GPR_CLOCK_MONOTONIC),
        gpr_time_from_millis(absl::ToInt64Milliseconds(grace), GPR_TIMESPAN));
    server_->Shutdown(deadline);
  }

 private:
  ConnectionWatch::Deps WatchDeps(const ListenerOptions& options);

  const std::string name_;
  HealthBoard* const health_;
  // Of the acceptor's thread.
  SocketCounts counts_;
  ConnectionWatch watch_;
  // Destroyed in this order from below: the acceptor's thread ends first, then
  // those of the entrances, so that nothing is handed to a server that is gone.
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Entrances> entrances_;
  std::unique_ptr<env::TcpAcceptor> acceptor_;
  bool shut_ = false;
};

ConnectionWatch::Deps GrpcListener::WatchDeps(const ListenerOptions& options) {
  ConnectionWatch::Deps deps;
  deps.name = options.name;
  deps.guard = options.guard;
  deps.memory_bytes_max = options.memory_bytes_max > 0
                              ? options.memory_bytes_max
                              : env::MemoryLimitBytes() / 2;
  deps.counts = [this, held = options.held](const std::string& peer) {
    std::optional<StreamCounts> counts = counts_.Of(peer);
    if (counts.has_value() && held != nullptr) {
      counts->held_bytes = held->Of(peer);
    }
    return counts;
  };
  deps.forget = [this](const std::string& peer) { counts_.Forget(peer); };
  deps.shut = [this](uint64_t id) { acceptor_->Shut(id); };
  deps.memory = [] { return env::ResidentBytes(); };
  deps.trim = [] { env::TrimAllocator(); };
  return deps;
}

void GrpcListener::RegisterMetrics(env::Registry* registry) const {
  const env::Labels listener = {{"listener", name_}};
  registry->AddGaugeFunction(
      "barnabas_connections", "Open connections.", listener,
      [this] { return static_cast<double>(facts().open); });
  const auto refused = [this, registry](const std::string& reason,
                                        std::function<int64_t()> count) {
    registry->AddCounterFunction(
        "barnabas_connections_refused_total",
        "Connections that the listener turned away or shut, by reason.",
        {{"listener", name_}, {"reason", reason}},
        [count = std::move(count)] { return static_cast<double>(count()); });
  };
  refused("over_limit", [this] { return facts().over_limit; });
  refused("out_of_descriptors", [this] { return facts().out_of_descriptors; });
  refused("wrong_preface", [this] { return facts().wrong_preface; });
  refused("preface_timeout", [this] { return facts().preface_timeouts; });
  refused("offender", [this] { return offenders(); });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Start(
    const ListenerOptions& options) {
  env::TcpAcceptor::Options accept;
  accept.name = options.name;
  accept.host = options.host;
  accept.port = options.port;
  accept.connections_max = options.connections_max;
  accept.preface = kPreface;
  accept.preface_timeout = options.handshake_timeout;
  accept.http1_answer = kHttp1Answer;
  ASSIGN_OR_RETURN(std::unique_ptr<env::TcpAcceptor> acceptor,
                   env::TcpAcceptor::Bind(accept));
  auto listener = std::make_unique<GrpcListener>(options, std::move(acceptor));
  RETURN_IF_ERROR(listener->Build(options));
  return listener;
}

}  // namespace barnabas::rpc
