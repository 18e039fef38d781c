#include "tests/sim/controller_node.h"

#include <glog/logging.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "controller/quorum/format.h"
#include "controller/quorum/hard_state_file.h"
#include "controller/quorum/raft_quorum.h"
#include "controller/quorum/snapshot_codec.h"
#include "proto/types/status_macros.h"

namespace barnabas::sim {
namespace {

constexpr char kDirectory[] = "/controller";
constexpr int32_t kInSyncMax = 3;

}  // namespace

// Members go in reverse order, as the process takes them down.
struct ControllerNode::Life {
  Life(support::SimScheduler* scheduler, absl::Duration disk_time_max)
      : loop(scheduler),
        workers(scheduler, {.workers = 4, .task_time_max = disk_time_max}) {}

  support::SimEventLoop loop;
  support::SimWorkerPool workers;
  std::unique_ptr<log::LogDirectory> directory;
  std::unique_ptr<quorum::PeerNetwork> network;
  std::unique_ptr<quorum::MetadataQuorum> quorum;
  std::unique_ptr<controller::ActiveDriver> driver;
  std::optional<Term> led;
  bool failed = false;
};

ControllerNode::ControllerNode(const ControllerWorld& world,
                               const quorum::Voter& self,
                               const std::vector<quorum::Voter>& voters)
    : world_(world),
      self_(self),
      files_(std::make_unique<support::FaultFiles>()) {
  quorum::FormatOptions options;
  options.files = files_.get();
  options.clock = world_.scheduler->clock();
  options.directory = kDirectory;
  options.cluster_id = world_.cluster;
  options.node_id = self_.id;
  options.directory_id = self_.directory;
  const auto formatted = quorum::FormatController(options, voters);
  CHECK(formatted.ok()) << formatted.status();
}

ControllerNode::~ControllerNode() = default;

void ControllerNode::Start() {
  CHECK(!up()) << "one life at a time";
  ++lives_;
  world_.note(absl::StrCat("node ", self_.id.value(), " starts"));
  life_ = std::make_unique<Life>(world_.scheduler, world_.disk_time_max);
  const absl::Status opened = Open();
  if (opened.ok()) return;
  world_.checker->Break(
      absl::StrCat("R13: node ", self_.id.value(),
                   " does not start: ", std::string(opened.message())));
  life_.reset();
}

absl::Status ControllerNode::Open() {
  log::LogDirectory::Options options;
  options.files = files_.get();
  options.clock = world_.scheduler->clock();
  options.path = kDirectory;
  options.node_id = self_.id;
  options.role = "controller";
  options.cluster_id = world_.cluster;
  options.owner_files = {quorum::kHardStateName, quorum::kSnapshotsName};
  ASSIGN_OR_RETURN(life_->directory, log::LogDirectory::Open(options));
  life_->network = world_.network->Attach(key(), &life_->loop);
  quorum::RaftDeps deps;
  deps.loop = &life_->loop;
  deps.workers = &life_->workers;
  deps.files = files_.get();
  deps.directory = life_->directory.get();
  deps.network = life_->network.get();
  deps.seed = world_.scheduler->Draw();
  deps.snapshots = world_.snapshots;
  deps.on_broken = [checker = world_.checker](const std::string& what) {
    checker->Break(what);
  };
  ASSIGN_OR_RETURN(const quorum::HardState hard,
                   quorum::ReadHardState(files_.get(), kDirectory));
  world_.checker->OnFound(key(), hard);
  ASSIGN_OR_RETURN(life_->quorum, quorum::OpenRaftQuorum(deps));
  Life* const life = life_.get();
  life_->driver =
      std::make_unique<controller::ActiveDriver>(controller::ActiveDriver::Deps{
          &life_->loop, life_->quorum.get(), self_.id, world_.scheduler->Draw(),
          [this, life](const absl::Status& status) {
            life->failed = true;
            world_.note(absl::StrCat("node ", self_.id.value(), " gives up: ",
                                     std::string(status.message())));
            world_.checker->OnGivenUp(self_.id, status);
          },
          // So that leaders move when brokers come and go.
          kInSyncMax});
  life_->driver->Subscribe([this](const controller::CommittedStep& step) {
    world_.checker->OnCommitted(self_.id, step);
  });
  life_->loop.PostAlways([life] { life->driver->Start(); });
  return absl::OkStatus();
}

void ControllerNode::SetStalled(bool stalled) {
  if (up()) life_->workers.SetStalled(stalled);
}

bool ControllerNode::DamageSnapshot(uint64_t where) {
  const std::string folder =
      absl::StrCat(kDirectory, "/", quorum::kSnapshotsName);
  const absl::StatusOr<std::vector<std::string>> names = files_->List(folder);
  if (!names.ok()) return false;
  std::vector<std::string> sealed;
  for (const std::string& name : *names) {
    if (absl::EndsWith(name, ".snapshot")) sealed.push_back(name);
  }
  if (sealed.size() < 2) return false;
  std::sort(sealed.begin(), sealed.end());
  // One that a leader sent has replaced the log: nothing stands behind it.
  int64_t older = 0;
  const std::string digits = sealed[sealed.size() - 2].substr(0, 20);
  if (!absl::SimpleAtoi(digits, &older) ||
      LogIndex(older).Next() < log_start_) {
    return false;
  }
  const std::string path = absl::StrCat(folder, "/", sealed.back());
  const auto file = files_->Open(path, env::OpenMode::kRead);
  const auto size = file.ok() ? (*file)->Size() : file.status();
  if (!size.ok() || *size == 0) return false;
  files_->FlipBits(path, static_cast<int64_t>(where % *size), 1);
  world_.note(absl::StrCat("snapshot damaged: ", path));
  return true;
}

void ControllerNode::Crash() {
  world_.note(absl::StrCat("node ", self_.id.value(), " crashes"));
  if (life_->quorum != nullptr) log_start_ = life_->quorum->log_start();
  std::unique_ptr<support::FaultFiles> after =
      files_->Crash(world_.scheduler->Draw());
  life_.reset();
  files_ = std::move(after);
}

controller::ActiveDriver& ControllerNode::driver() { return *life_->driver; }
quorum::MetadataQuorum& ControllerNode::quorum() { return *life_->quorum; }
support::SimEventLoop& ControllerNode::loop() { return life_->loop; }

void ControllerNode::Look() {
  if (!up()) return;
  if (life_->failed) return Crash();
  const quorum::QuorumFacts facts = life_->quorum->facts();
  if (facts.leader != self_.id || life_->led == facts.term) return;
  life_->led = facts.term;
  world_.note(absl::StrCat("node ", self_.id.value(), " leads term ",
                           facts.term.value()));
  world_.checker->OnLeading(self_.id, lives_, facts.term);
}

}  // namespace barnabas::sim
