// QuorumNode: one life of a quorum's only voter on a simulated machine.
//
// What: formats, opens, runs and remembers what it was told; Propose goes on
//   where the last leadership began.
// Units: virtual time. Empty case: a node that was not opened.
// Thread: the test's. Errors: Open gives the status of what failed.
#ifndef BARNABAS_TESTS_CONTROLLER_QUORUM_QUORUM_FIXTURE_H_
#define BARNABAS_TESTS_CONTROLLER_QUORUM_QUORUM_FIXTURE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/quorum/format.h"
#include "controller/quorum/raft_quorum.h"
#include "proto/types/status_macros.h"
#include "storage/log/log_directory.h"
#include "tests/support/fault_files.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::quorum {

inline constexpr char kDirectory[] = "/controller";
inline const Uuid kCluster = Uuid::FromRandom(11, 12);

inline FormatOptions FormatFor(env::FileSystem* files,
                               const env::Clock* clock) {
  FormatOptions options;
  options.files = files;
  options.clock = clock;
  options.directory = kDirectory;
  options.cluster_id = kCluster;
  options.node_id = NodeId(1);
  options.seed_high = 21;
  options.seed_low = 22;
  return options;
}

inline std::vector<Voter> OneVoter() {
  return {Voter{NodeId(1), Uuid(), "127.0.0.1", 9293}};
}

// Nobody to speak to.
class NoPeers final : public PeerNetwork {
 public:
  void Start(PeerEvents*) override {}
  void SetPeers(const std::vector<raft::Voter>& peers) override {
    peers_ = peers;
  }
  void Send(raft::Message) override {}

  const std::vector<raft::Voter>& peers() const { return peers_; }

 private:
  std::vector<raft::Voter> peers_;
};

// What a quorum has told.
class Told final : public QuorumEvents {
 public:
  void OnSnapshot(LogIndex index, const std::string& payload) override {
    snapshot_ = payload;
    committed_.assign(static_cast<size_t>(index.value()) + 1, QuorumEntry());
  }
  absl::AnyInvocable<std::string()> CaptureSnapshot() override {
    return [count = committed_.size()] { return std::to_string(count); };
  }
  void OnCommitted(const QuorumEntry& entry) override {
    committed_.push_back(entry);
  }
  void OnLeading(Term term, LogIndex log_end) override {
    leading_ = term;
    led_from_ = log_end;
    next_ = log_end;
  }
  void OnFollowing(Term, std::optional<NodeId>) override { leading_.reset(); }
  void OnFailed(const absl::Status& status) override { failed_ = status; }

  // Entries by offset; those that a snapshot stands for are empty.
  const std::vector<QuorumEntry>& committed() const { return committed_; }
  const std::string& snapshot() const { return snapshot_; }
  std::optional<Term> leading() const { return leading_; }
  const absl::Status& failed() const { return failed_; }
  // It leads, and all before its term was told.
  bool Leads() const {
    return leading_.has_value() &&
           static_cast<int64_t>(committed_.size()) >= led_from_.value();
  }
  // The offset of the next proposal.
  LogIndex next() const { return next_; }
  void Proposed() { next_ = next_.Next(); }

 private:
  std::vector<QuorumEntry> committed_;
  std::string snapshot_;
  std::optional<Term> leading_;
  LogIndex led_from_;
  LogIndex next_;
  absl::Status failed_;
};

class QuorumNode {
 public:
  QuorumNode(support::SimScheduler* scheduler, support::FaultFiles* files,
             const SnapshotPolicy& policy = {})
      : scheduler_(scheduler),
        files_(files),
        policy_(policy),
        loop_(scheduler),
        workers_(scheduler,
                 {.workers = 2, .task_time_max = absl::Milliseconds(3)}) {}

  absl::Status Open() {
    log::LogDirectory::Options options;
    options.files = files_;
    options.clock = scheduler_->clock();
    options.path = kDirectory;
    options.node_id = NodeId(1);
    options.role = "controller";
    options.cluster_id = kCluster;
    ASSIGN_OR_RETURN(directory_, log::LogDirectory::Open(options));
    RaftDeps deps;
    deps.network = &network_;
    deps.seed = scheduler_->Draw();
    deps.snapshots = policy_;
    deps.loop = &loop_;
    deps.workers = &workers_;
    deps.files = files_;
    deps.directory = directory_.get();
    ASSIGN_OR_RETURN(quorum_, OpenRaftQuorum(deps));
    loop_.PostAlways([this] { quorum_->Start(&told_); });
    return absl::OkStatus();
  }

  // Until it leads (and all that was committed before was told).
  bool RunUntilLeading() {
    return scheduler_->RunUntil([this] { return told_.Leads(); },
                                absl::Seconds(10));
  }

  absl::Status Propose(const std::string& value) {
    // Where the last leadership was told.
    absl::Status status =
        quorum_->Propose(told_.next(), quorum_->facts().term, value);
    if (status.ok()) told_.Proposed();
    return status;
  }

  absl::Status Close() {
    loop_.Stop();
    workers_.Stop();
    RETURN_IF_ERROR(quorum_->Close());
    return directory_->MarkCleanStop(BrokerEpoch(0));
  }

  MetadataQuorum* quorum() { return quorum_.get(); }
  const Told& told() const { return told_; }
  const NoPeers& network() const { return network_; }
  const std::vector<QuorumEntry>& committed() const {
    return told_.committed();
  }
  std::optional<Term> leading() const { return told_.leading(); }
  const absl::Status& failed() const { return told_.failed(); }

 private:
  support::SimScheduler* const scheduler_;
  support::FaultFiles* const files_;
  const SnapshotPolicy policy_;
  support::SimEventLoop loop_;
  support::SimWorkerPool workers_;
  NoPeers network_;
  std::unique_ptr<log::LogDirectory> directory_;
  Told told_;
  std::unique_ptr<MetadataQuorum> quorum_;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_TESTS_CONTROLLER_QUORUM_QUORUM_FIXTURE_H_
