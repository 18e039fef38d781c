// QuorumNode: one life of a one-voter quorum on a simulated machine.
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
#include "controller/quorum/one_voter_quorum.h"
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

class QuorumNode final : public QuorumEvents {
 public:
  QuorumNode(support::SimScheduler* scheduler, support::FaultFiles* files)
      : scheduler_(scheduler),
        files_(files),
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
    OneVoterDeps deps;
    deps.loop = &loop_;
    deps.workers = &workers_;
    deps.files = files_;
    deps.directory = directory_.get();
    ASSIGN_OR_RETURN(quorum_, OpenOneVoterQuorum(deps));
    loop_.PostAlways([this] { quorum_->Start(this); });
    return absl::OkStatus();
  }

  // Until it leads (and all that was committed before was told).
  bool RunUntilLeading() {
    return scheduler_->RunUntil([this] { return leading_.has_value(); },
                                absl::Seconds(10));
  }

  absl::Status Propose(const std::string& value) {
    absl::Status status = quorum_->Propose(next_, *term_, value);
    if (status.ok()) next_ = next_.Next();
    return status;
  }

  absl::Status Close() {
    loop_.Stop();
    workers_.Stop();
    RETURN_IF_ERROR(quorum_->Close());
    return directory_->MarkCleanStop(BrokerEpoch(0));
  }

  void OnCommitted(const QuorumEntry& entry) override {
    committed_.push_back(entry);
  }
  void OnLeading(Term term, LogIndex log_end) override {
    leading_ = term;
    term_ = term;
    next_ = log_end;
    led_after_ = committed_.size();
  }
  void OnFollowing(Term, std::optional<NodeId>) override { leading_.reset(); }
  void OnFailed(const absl::Status& status) override { failed_ = status; }

  MetadataQuorum* quorum() { return quorum_.get(); }
  const std::vector<QuorumEntry>& committed() const { return committed_; }
  std::optional<Term> leading() const { return leading_; }
  // How much was told before OnLeading.
  size_t led_after() const { return led_after_; }
  const absl::Status& failed() const { return failed_; }

 private:
  support::SimScheduler* const scheduler_;
  support::FaultFiles* const files_;
  support::SimEventLoop loop_;
  support::SimWorkerPool workers_;
  std::unique_ptr<log::LogDirectory> directory_;
  std::unique_ptr<MetadataQuorum> quorum_;

  std::vector<QuorumEntry> committed_;
  std::optional<Term> leading_;
  std::optional<Term> term_;
  LogIndex next_;
  size_t led_after_ = 0;
  absl::Status failed_;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_TESTS_CONTROLLER_QUORUM_QUORUM_FIXTURE_H_
