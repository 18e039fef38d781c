// Many seeds at once, as a test: campaign WHAT SEEDS TWICE EVENTS.
//
// WHAT is raft or controllers. Runs SEEDS seeds of EVENTS events each, the
// first TWICE of them twice, which must be the same run. Prints a report for
// every seed that breaks something and a last line with what was done. Knows
// Bazel's shards: each runs its share of the seeds.
#include <glog/logging.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/synchronization/mutex.h"
#include "tests/sim/controller_cluster.h"
#include "tests/sim/raft_cluster.h"
#include "tests/sim/shrinker.h"

namespace barnabas::sim {
namespace {

int64_t NumberOf(const char* variable, int64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoll(text);
}

struct Total {
  int64_t seeds = 0;
  int64_t twice = 0;
  int64_t events = 0;
  int64_t commits = 0;
  int64_t terms = 0;
  int64_t broken = 0;
};

template <typename Cluster>
class Campaign {
 public:
  Campaign(uint64_t seeds, uint64_t twice, int64_t events)
      : seeds_(seeds), twice_(twice), events_(events) {}

  Total Run(uint64_t shard, uint64_t shards) {
    for (uint64_t seed = 1 + shard; seed <= seeds_; seed += shards) {
      RunSeed(seed);
    }
    return total_;
  }

 private:
  void RunSeed(uint64_t seed) {
    const auto outcome = Cluster(seed).Run(events_);
    ++total_.seeds;
    total_.events += outcome.events;
    total_.commits += outcome.commits;
    total_.terms += outcome.terms;
    if (!outcome.broken.empty()) {
      ++total_.broken;
      std::cout << ReportOf(seed, [this](const SimOptions& options) {
        return Cluster(options).Run(events_);
      }) << std::flush;
    }
    if (seed > twice_) return;
    ++total_.twice;
    const auto again = Cluster(seed).Run(events_);
    if (again.fingerprint == outcome.fingerprint &&
        again.events == outcome.events) {
      return;
    }
    ++total_.broken;
    std::cout << "seed " << seed << ": two runs differ: " << outcome.events
              << " events, fingerprint " << outcome.fingerprint << ", then "
              << again.events << ", " << again.fingerprint << std::endl;
  }

  const uint64_t seeds_;
  const uint64_t twice_;
  const int64_t events_;

  Total total_;
};

int Run(const std::string& what, uint64_t seeds, uint64_t twice,
        int64_t events) {
  const auto shard = static_cast<uint64_t>(NumberOf("TEST_SHARD_INDEX", 0));
  const auto shards = static_cast<uint64_t>(NumberOf("TEST_TOTAL_SHARDS", 1));
  // How Bazel learns that shards are known here.
  if (const char* const told = std::getenv("TEST_SHARD_STATUS_FILE")) {
    std::ofstream touched(told);
  }
  Total total;
  if (what == "raft") {
    total = Campaign<RaftCluster>(seeds, twice, events).Run(shard, shards);
  } else if (what == "controllers") {
    total =
        Campaign<ControllerCluster>(seeds, twice, events).Run(shard, shards);
  } else {
    std::cerr << "campaign raft|controllers SEEDS TWICE EVENTS\n";
    return 2;
  }
  std::cout << what << ": " << total.seeds << " seeds, " << total.twice
            << " of them twice, " << total.events << " events, "
            << total.commits << " commits, " << total.terms << " terms, "
            << total.broken << " broken" << std::endl;
  // A simulation in which nothing happens proves nothing.
  const bool busy = total.commits > 50 * total.seeds &&
                    total.terms > total.seeds && total.seeds > 0;
  return total.broken == 0 && busy ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace barnabas::sim

int main(int argc, char** argv) {
  FLAGS_minloglevel = google::GLOG_FATAL;
  // There is one thread; looking for deadlocks costs a tenth of the time.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  if (argc != 5) {
    std::cerr << "campaign raft|controllers SEEDS TWICE EVENTS\n";
    return 2;
  }
  return barnabas::sim::Run(argv[1], std::stoull(argv[2]), std::stoull(argv[3]),
                            std::stoll(argv[4]));
}
