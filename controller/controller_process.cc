#include "controller/controller_process.h"

#include <glog/logging.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "client/rpc/channel_pool.h"
#include "client/serving/call_metrics.h"
#include "client/serving/health.h"
#include "client/serving/listener.h"
#include "client/serving/node_admin.h"
#include "controller/controller_metrics.h"
#include "controller/quorum/hard_state_file.h"
#include "controller/quorum/quorum_members.h"
#include "controller/quorum/raft_quorum.h"
#include "controller/quorum/snapshot_codec.h"
#include "controller/service/active_driver.h"
#include "controller/service/front.h"
#include "controller/service/quorum_peers.h"
#include "controller/twin_check.h"
#include "metadata/config/address.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/http_server.h"
#include "storage/env/metrics.h"
#include "storage/env/net/connect_probe.h"
#include "storage/env/posix_file.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "storage/env/thread_pool.h"
#include "storage/log/log_directory.h"

namespace barnabas::controller {
namespace {

// What a stop may take, step by step; then it goes on without.
constexpr absl::Duration kDrainPatience = absl::Seconds(3);
constexpr absl::Duration kCallsPatience = absl::Seconds(2);
// How often readiness is looked at, and how long the loop may be silent.
constexpr absl::Duration kPulse = absl::Milliseconds(200);
constexpr absl::Duration kStuck = absl::Seconds(10);
constexpr int kWorkers = 4;

config::HostPort AddressOf(const v1::ListenerConfig& listener) {
  // The node file was checked.
  return config::ParseHostPort(listener.bind()).value_or(config::HostPort{});
}

// What lies between the disk and the listeners, in the order of its making.
struct Engine {
  std::unique_ptr<log::LogDirectory> directory;
  rpc::ChannelPool channels{"barnabas-controller"};
  std::unique_ptr<QuorumPeers> peers;
  std::unique_ptr<quorum::MetadataQuorum> quorum;
  std::unique_ptr<ActiveDriver> driver;
  std::unique_ptr<Front> front;
  std::unique_ptr<rpc::NodeAdminService> node_admin;
  std::unique_ptr<rpc::CallMetrics> calls;
};

// Why and whether to end; the first reason counts.
class Ending {
 public:
  void Ask(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (!reason_.has_value()) reason_ = status;
  }
  absl::Status Wait() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](std::optional<absl::Status>* reason) {
          return reason->has_value();
        },
        &reason_));
    return *reason_;
  }

 private:
  absl::Mutex mutex_;
  std::optional<absl::Status> reason_ ABSL_GUARDED_BY(mutex_);
};

class RunningController final : public ControllerProcess {
 public:
  RunningController(const v1::ControllerNodeConfig& config,
                    env::LogLevels* levels)
      : config_(config),
        levels_(levels),
        loop_(std::make_shared<env::ThreadEventLoop>(
            env::ThreadEventLoop::Options{
                &clock_, "control", kLoopTasksMax,
                registry_.AddHistogram("barnabas_event_loop_lag_seconds",
                                       "How long work waited for its loop.",
                                       env::Scale::Seconds())})),
        workers_({"worker", kWorkers}) {}
  ~RunningController() override { Stop(kNoPatience); }

  absl::Status Open();

  void RequestStop() override { ending_.Ask(absl::OkStatus()); }
  absl::Status Wait() override {
    const absl::Status reason = ending_.Wait();
    // Whoever cannot write its log any more has nothing to wait for.
    Stop(reason.ok() ? kDrainPatience : kNoPatience);
    return reason;
  }
  int32_t peer_port() const override { return listener_->port(); }
  int32_t http_port() const override { return http_->port(); }

 private:
  static constexpr absl::Duration kNoPatience = absl::ZeroDuration();

  // Fails if this one does not vote, and another directory does in its name.
  absl::Status RefuseTwin();
  absl::Status OpenEngine();
  void OpenPeers();
  absl::Status Listen();
  absl::Status ListenHttp();
  void Pulse();
  std::string LiveFault() const;
  void Stop(absl::Duration patience);
  void StopStreams(absl::Duration patience);
  void CloseLog();
  // Runs `work` on the loop and waits for it.
  void OnLoop(absl::AnyInvocable<void()> work);

  const v1::ControllerNodeConfig config_;
  env::LogLevels* const levels_;

  // From the bottom up.
  env::SystemClock clock_;
  env::PosixFileSystem files_;
  env::Registry registry_;
  rpc::HealthBoard health_;
  Ending ending_;
  // Nanoseconds on the monotonic clock, when the loop was last seen at work.
  std::atomic<int64_t> pulse_ns_ = 0;
  // Shared with streams to peers, which may end late.
  const std::shared_ptr<env::ThreadEventLoop> loop_;
  env::ThreadPool workers_;
  Engine engine_;
  std::unique_ptr<rpc::Listener> listener_;
  std::unique_ptr<env::HttpServer> http_;
  // Serving; not during a start that fails.
  bool opened_ = false;
  bool stopped_ = false;
};

absl::Status RunningController::Open() {
  RETURN_IF_ERROR(OpenEngine());
  RETURN_IF_ERROR(Listen());
  RETURN_IF_ERROR(ListenHttp());
  loop_->PostAlways([this] {
    engine_.front->Start();
    engine_.driver->Start();
    Pulse();
  });
  RETURN_IF_ERROR(RefuseTwin());
  opened_ = true;
  LOG(INFO) << "Controller " << config_.node().id() << " of cluster "
            << engine_.directory->identity().cluster_id << " listens on port "
            << peer_port() << "; its log lies in " << engine_.directory->path()
            << ".";
  return absl::OkStatus();
}

absl::Status RunningController::RefuseTwin() {
  const log::Identity& identity = engine_.directory->identity();
  const raft::ReplicaKey self{identity.node_id, identity.directory_id};
  bool votes = false;
  OnLoop([&] {
    for (const auto& member : engine_.quorum->members()->Describe()) {
      votes = votes || (member.votes && member.replica.key == self);
    }
  });
  if (votes) return absl::OkStatus();
  std::vector<std::string> endpoints;
  for (const std::string& entry : config_.cluster().controllers()) {
    const auto address = config::ParseControllerAddress(entry);
    if (address.has_value()) endpoints.push_back(address->address.ToString());
  }
  return CheckNoTwin(self, endpoints, &engine_.channels);
}

absl::Status RunningController::OpenEngine() {
  const NodeId self(config_.node().id());
  log::LogDirectory::Options options;
  options.files = &files_;
  options.clock = &clock_;
  options.path = config_.node().data_dir();
  options.node_id = self;
  options.role = "controller";
  options.cluster_id = Uuid::Parse(config_.cluster().id());
  options.owner_files = {quorum::kHardStateName, quorum::kSnapshotsName};
  ASSIGN_OR_RETURN(engine_.directory, log::LogDirectory::Open(options));
  OpenPeers();
  quorum::RaftDeps quorum;
  quorum.loop = loop_.get();
  quorum.workers = &workers_;
  quorum.files = &files_;
  quorum.directory = engine_.directory.get();
  quorum.network = engine_.peers.get();
  quorum.seed = env::RandomSeed();
  if (config_.snapshots().bytes() > 0) {
    quorum.snapshots.bytes = config_.snapshots().bytes();
  }
  quorum.sync_time = registry_.AddHistogram("barnabas_storage_fsync_seconds",
                                            "How long syncs of the log take.",
                                            env::Scale::Seconds());
  ASSIGN_OR_RETURN(engine_.quorum, quorum::OpenRaftQuorum(quorum));
  engine_.driver = std::make_unique<ActiveDriver>(ActiveDriver::Deps{
      loop_.get(), engine_.quorum.get(), self, env::RandomSeed(),
      [this](const absl::Status& status) { ending_.Ask(status); }});
  engine_.front = Front::Make(
      {loop_.get(), &workers_, engine_.driver.get(), engine_.quorum.get(),
       engine_.peers.get(),
       raft::ReplicaKey{self, engine_.directory->identity().directory_id},
       engine_.directory->identity().cluster_id, clock_.WallMs()});
  engine_.node_admin =
      std::make_unique<rpc::NodeAdminService>(levels_, loop_.get(), nullptr);
  return absl::OkStatus();
}

void RunningController::OpenPeers() {
  const log::Identity& identity = engine_.directory->identity();
  QuorumPeers::Deps peers;
  peers.loop = loop_;
  peers.workers = &workers_;
  peers.channels = &engine_.channels;
  peers.connect = env::ProbeConnect;
  peers.self = {identity.cluster_id,
                raft::ReplicaKey{identity.node_id, identity.directory_id}};
  peers.seed = env::RandomSeed();
  engine_.peers = QuorumPeers::Make(peers);
}

absl::Status RunningController::Listen() {
  const config::HostPort peer = AddressOf(config_.listeners().peer());
  rpc::ListenerOptions options;
  options.name = "peer";
  options.host = peer.host;
  options.port = peer.port;
  options.services = engine_.front->services();
  options.services.push_back(
      {v1::NodeAdmin::service_full_name(), engine_.node_admin.get()});
  std::vector<std::string> names;
  for (const rpc::ServedService& served : options.services) {
    names.push_back(served.name);
  }
  engine_.calls =
      std::make_unique<rpc::CallMetrics>(names, &registry_, &clock_);
  options.health = &health_;
  options.calls = engine_.calls.get();
  ASSIGN_OR_RETURN(listener_, rpc::Listener::Start(options));
  RegisterControllerMetrics(
      {engine_.quorum.get(), engine_.driver.get(), engine_.front.get(),
       listener_.get(), engine_.directory.get(), &clock_},
      &registry_);
  return absl::OkStatus();
}

absl::Status RunningController::ListenHttp() {
  const config::HostPort http = AddressOf(config_.listeners().http());
  env::NodeProbes probes;
  probes.live = [this] { return LiveFault(); };
  probes.ready = [this] { return health_.ReadyFault(); };
  probes.started = [this] { return health_.StartFault(); };
  probes.metrics = [this] { return registry_.Render(); };
  env::HttpServer::Options options;
  options.host = http.host;
  options.port = http.port;
  options.routes = env::ProbeRoutes(probes);
  ASSIGN_OR_RETURN(http_, env::HttpServer::Start(options));
  return absl::OkStatus();
}

void RunningController::Pulse() {
  pulse_ns_ = absl::ToInt64Nanoseconds(clock_.Monotonic());
  const bool ready = engine_.driver->ready();
  if (ready) health_.SetStarted();
  health_.SetReady(ready,
                   "no active controller is known: the metadata log is being "
                   "replayed or cannot be written, or too few controllers "
                   "are reached");
  loop_->After(kPulse, [this] { Pulse(); });
}

std::string RunningController::LiveFault() const {
  const absl::Duration silent =
      clock_.Monotonic() - absl::Nanoseconds(pulse_ns_.load());
  if (pulse_ns_ != 0 && silent > kStuck) {
    return absl::StrCat("the event loop has been stuck for ",
                        absl::ToInt64Seconds(silent), " s");
  }
  return health_.LiveFault();
}

void RunningController::OnLoop(absl::AnyInvocable<void()> work) {
  absl::Notification done;
  loop_->PostAlways([&] {
    work();
    done.Notify();
  });
  done.WaitForNotification();
}

void RunningController::StopStreams(absl::Duration patience) {
  // Shared with the loop, which may be done with it only later.
  auto drained = std::make_shared<absl::Notification>();
  loop_->PostAlways([this, drained] {
    // So that nobody has to find out that this one is gone.
    if (engine_.driver->leading()) {
      engine_.quorum->members()->HandOver().IgnoreError();
    }
    engine_.driver->Drain([drained] { drained->Notify(); });
  });
  drained->WaitForNotificationWithTimeout(patience);
  OnLoop([this] { engine_.front->Stop(); });
}

void RunningController::Stop(absl::Duration patience) {
  if (std::exchange(stopped_, true)) return;
  health_.Drain();
  if (listener_ != nullptr) {
    listener_->StopAccepting();
    StopStreams(patience);
    listener_->Shutdown(std::min(patience, kCallsPatience));
  }
  // Reactors end on gRPC's threads, and what they post must find the loop.
  listener_.reset();
  http_.reset();
  loop_->Stop();
  workers_.Stop();
  CloseLog();
}

void RunningController::CloseLog() {
  if (engine_.quorum == nullptr) return;
  absl::Status closed = engine_.quorum->Close();
  if (closed.ok()) closed = engine_.directory->MarkCleanStop(BrokerEpoch(0));
  LOG_IF(ERROR, !closed.ok())
      << "The clean stop is not marked: " << closed.message();
  LOG_IF(INFO, closed.ok() && opened_) << "Stopped cleanly.";
}

}  // namespace

absl::StatusOr<std::unique_ptr<ControllerProcess>> ControllerProcess::Start(
    const v1::ControllerNodeConfig& config, env::LogLevels* levels) {
  auto process = std::make_unique<RunningController>(config, levels);
  RETURN_IF_ERROR(process->Open());
  return process;
}

}  // namespace barnabas::controller
