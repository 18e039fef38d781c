#include "broker/broker_process.h"

#include <glog/logging.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "broker/broker_services.h"
#include "broker/broker_threads.h"
#include "broker/data_plane.h"
#include "broker/membership.h"
#include "broker/node_metrics.h"
#include "broker/service/metadata_board.h"
#include "client/serving/health.h"
#include "client/serving/listener.h"
#include "metadata/config/address.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/http_server.h"
#include "storage/env/metrics.h"
#include "storage/env/posix_file.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"
#include "storage/log/log_directory.h"

namespace barnabas::broker {
namespace {

// What a graceful stop may take, step by step; then it goes on without.
constexpr absl::Duration kStreamsPatience = absl::Seconds(5);
constexpr absl::Duration kCallsPatience = absl::Seconds(2);
constexpr absl::Duration kLogsPatience = absl::Minutes(1);
constexpr absl::Duration kControllerPatience = absl::Seconds(2);

config::HostPort AddressOf(const std::string& text) {
  // The node file was checked.
  return config::ParseHostPort(text).value_or(config::HostPort{});
}

// What others are told of a listener; a port that the kernel chose is filled
// in.
image::BrokerEndpoint Advertised(const std::string& name,
                                 const v1::ListenerConfig& listener,
                                 int32_t bound_port) {
  const config::HostPort address = AddressOf(
      listener.advertised().empty() ? listener.bind() : listener.advertised());
  return {.listener = name,
          .host = address.host,
          .port = address.port == 0 ? bound_port : address.port};
}

// What others read of this broker's state.
struct Boards {
  rpc::HealthBoard health;
  MetadataBoard metadata;
};

// What listens.
struct Doors {
  std::unique_ptr<rpc::Listener> clients;
  std::unique_ptr<env::HttpServer> http;
};

class RunningBroker final : public BrokerProcess {
 public:
  RunningBroker(const v1::BrokerNodeConfig& config, env::LogLevels* levels)
      : config_(config),
        levels_(levels),
        threads_(&clock_,
                 registry_.AddHistogram("barnabas_event_loop_lag_seconds",
                                        "How long work waited for its loop.",
                                        env::Scale::Seconds())) {}
  ~RunningBroker() override { Stop(); }

  absl::Status Open() {
    ASSIGN_OR_RETURN(directory_, OpenDirectory());
    const uint64_t seed = env::RandomSeed();
    const Uuid incarnation = Uuid::FromRandom(seed, env::RandomSeed());
    data_ = std::make_unique<DataPlane>(
        DataPlane::Deps{.self = BrokerId(config_.node().id()),
                        .incarnation = incarnation.ToString(),
                        .clock = &clock_,
                        .threads = &threads_,
                        .directory = directory_.get(),
                        .health = &boards_.health,
                        .registry = &registry_,
                        .services = BrokerServices::Names()});
    membership_ = std::make_unique<Membership>(
        config_, incarnation,
        Membership::Deps{
            .threads = &threads_,
            .table = data_->table(),
            .board = &boards_.metadata,
            .directory = directory_.get(),
            .health = &boards_.health,
            .services = BrokerServices::Names(),
            .on_refused = [this](const absl::Status& why) { End(why); },
            .seed = seed});
    services_ = std::make_unique<BrokerServices>(BrokerServices::Deps{
        .context = data_->context(),
        .board = &boards_.metadata,
        .ids = membership_->producer_ids(),
        .forwarder = membership_->forwarder(),
        .levels = levels_,
        .timers = threads_.control(),
        .cluster_id = directory_->identity().cluster_id.ToString(),
        .disk = [directory = directory_.get()]() -> view::DiskUse {
          const auto space = directory->Space();
          if (!space.ok()) return {};
          return {space->total_bytes - space->free_bytes, space->free_bytes};
        }});
    RETURN_IF_ERROR(Listen());
    membership_->Start(
        {Advertised("client", config_.listeners().client(), client_port()),
         Advertised("http", config_.listeners().http(), http_port())});
    LOG(INFO) << "Broker " << config_.node().id() << " of cluster "
              << directory_->identity().cluster_id << " listens on port "
              << client_port() << "; data lies in " << directory_->path();
    return absl::OkStatus();
  }

  int32_t client_port() const override { return doors_.clients->port(); }
  int32_t http_port() const override { return doors_.http->port(); }

  void RequestStop() override { End(absl::OkStatus()); }

  absl::Status Wait() override {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](std::optional<absl::Status>* end) { return end->has_value(); },
        &end_));
    return *end_;
  }

  void Stop() override {
    if (std::exchange(stopped_, true)) return;
    boards_.health.Drain();
    bool closed = false;
    if (doors_.clients != nullptr) {
      doors_.clients->StopAccepting();
      data_->DrainStreams(kStreamsPatience);
      doors_.clients->Shutdown(kCallsPatience);
    }
    std::optional<BrokerEpoch> epoch;
    if (data_ != nullptr) closed = data_->CloseLogs(kLogsPatience);
    if (membership_ != nullptr) {
      epoch = membership_->epoch();
      membership_->Stop(kControllerPatience);
    }
    doors_.clients.reset();
    doors_.http.reset();
    threads_.Stop();
    services_.reset();
    if (!closed || !epoch.has_value()) return;
    const absl::Status marked = directory_->MarkCleanStop(*epoch);
    LOG_IF(ERROR, !marked.ok()) << "The clean stop is not marked: " << marked;
    LOG_IF(INFO, marked.ok()) << "Stopped cleanly";
  }

 private:
  absl::StatusOr<std::unique_ptr<log::LogDirectory>> OpenDirectory() {
    const std::optional<Uuid> cluster = Uuid::Parse(config_.cluster().id());
    return log::LogDirectory::Open({.files = &files_,
                                    .clock = &clock_,
                                    .path = config_.node().data_dirs(0),
                                    .node_id = NodeId(config_.node().id()),
                                    .role = "broker",
                                    .cluster_id = cluster,
                                    .seed = env::RandomSeed()});
  }

  absl::Status Listen() {
    const config::HostPort client =
        AddressOf(config_.listeners().client().bind());
    rpc::ListenerOptions options;
    options.name = "client";
    options.host = client.host;
    options.port = client.port;
    options.services = services_->All();
    options.health = &boards_.health;
    options.calls = data_->calls();
    options.held = data_->context()->held;
    ASSIGN_OR_RETURN(doors_.clients, rpc::Listener::Start(options));
    RegisterNodeMetrics({.self = BrokerId(config_.node().id()),
                         .table = data_->table(),
                         .directory = directory_.get(),
                         .disk = data_->disk(),
                         .health = &boards_.health,
                         .buffers = data_->context()->buffers,
                         .clock = &clock_,
                         .listener = doors_.clients.get()},
                        &registry_);
    const config::HostPort http = AddressOf(config_.listeners().http().bind());
    ASSIGN_OR_RETURN(
        doors_.http,
        env::HttpServer::Start(
            {.host = http.host,
             .port = http.port,
             .routes = env::ProbeRoutes(
                 {.live = [this] { return boards_.health.LiveFault(); },
                  .ready = [this] { return boards_.health.ReadyFault(); },
                  .started = [this] { return boards_.health.StartFault(); },
                  .metrics = [this] { return registry_.Render(); }})}));
    return absl::OkStatus();
  }

  void End(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (!end_.has_value()) end_ = status;
  }

  const v1::BrokerNodeConfig config_;
  env::LogLevels* const levels_;

  // From the bottom up.
  env::SystemClock clock_;
  env::PosixFileSystem files_;
  env::Registry registry_;
  Boards boards_;
  std::unique_ptr<log::LogDirectory> directory_;
  std::unique_ptr<DataPlane> data_;
  BrokerThreads threads_;
  std::unique_ptr<Membership> membership_;
  std::unique_ptr<BrokerServices> services_;
  Doors doors_;
  bool stopped_ = false;

  absl::Mutex mutex_;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<BrokerProcess>> BrokerProcess::Start(
    const v1::BrokerNodeConfig& config, env::LogLevels* levels) {
  auto broker = std::make_unique<RunningBroker>(config, levels);
  RETURN_IF_ERROR(broker->Open());
  return broker;
}

}  // namespace barnabas::broker
