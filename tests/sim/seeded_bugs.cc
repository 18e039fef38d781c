// The simulator tested: each known mistake must be found by an invariant.
//
// seeded_bugs [SEEDS]: switches one mistake after the other on and runs seeds
// of Raft alone and of whole controllers until something breaks, at most SEEDS
// of each. Prints the table; exit code 1 if one survived. Build with
// --config=bugs; otherwise there is nothing to switch.
#include <glog/logging.h>

#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>

#include "absl/synchronization/mutex.h"
#include "proto/types/seeded_bug.h"
#include "tests/sim/controller_cluster.h"
#include "tests/sim/raft_cluster.h"

#ifdef BARNABAS_SEEDED_BUGS

namespace barnabas::sim {
namespace {

struct Known {
  SeededBug bug;
  const char* name;
};

#define KNOWN(name) \
  { SeededBug::name, #name }
constexpr Known kKnown[] = {
    KNOWN(kVotesTwice),
    KNOWN(kVotesForShorterLog),
    KNOWN(kCommitsOldTermByCount),
    KNOWN(kCountsItselfBeforeSync),
    KNOWN(kAcknowledgesBeforeSync),
    KNOWN(kTwoChangesAtOnce),
    KNOWN(kForgetsVote),
    KNOWN(kSendsBeforeSync),
    KNOWN(kKeepsReplacedAcknowledgements),
    KNOWN(kBelievesFailedSync),
    KNOWN(kTellsBeforeCommit),
    KNOWN(kReadsWithoutQuorum),
    KNOWN(kReadsWhatWasReplaced),
    KNOWN(kTrimsBeforeSnapshotIsDurable),
    KNOWN(kNamesSnapshotOneEarlier),
    KNOWN(kSnapshotWithoutVoters),
    KNOWN(kInstallsWithoutTelling),
    KNOWN(kRepliesBeforeCommit),
    KNOWN(kKeepsPendingOnStepDown),
    KNOWN(kLeadsBeforeTakeover),
    KNOWN(kRefusesWhatIsPending),
};
#undef KNOWN

constexpr int64_t kRaftEvents = 4000;
constexpr int64_t kControllerEvents = 20000;

std::string FirstWord(const std::string& broken) {
  return broken.substr(0, broken.find_first_of(":\n"));
}

// Prints the row of one bug; false if it survived.
bool Hunt(const Known& known, uint64_t seeds) {
  seeded_bug = known.bug;
  std::string broken;
  std::string where;
  uint64_t needed = 0;
  for (uint64_t seed = 1; seed <= seeds && broken.empty(); ++seed) {
    needed = seed;
    where = "raft";
    broken = RaftCluster(seed).Run(kRaftEvents).broken;
    if (!broken.empty()) break;
    where = "controllers";
    broken = ControllerCluster(seed).Run(kControllerEvents).broken;
  }
  seeded_bug = SeededBug::kNone;
  std::cout << std::left << std::setw(34) << known.name + 1 << std::right
            << std::setw(7) << needed << "  " << std::left << std::setw(13)
            << (broken.empty() ? "-" : where)
            << (broken.empty() ? "SURVIVED" : FirstWord(broken)) << std::endl;
  return !broken.empty();
}

}  // namespace
}  // namespace barnabas::sim

int main(int argc, char** argv) {
  FLAGS_minloglevel = google::GLOG_FATAL;
  // There is one thread; looking for deadlocks costs a tenth of the time.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const uint64_t seeds = argc > 1 ? std::stoull(argv[1]) : 300;
  std::cout << std::left << std::setw(34) << "MISTAKE" << std::right
            << std::setw(7) << "SEEDS"
            << "  " << std::left << std::setw(13) << "FOUND IN"
            << "BY" << std::endl;
  int survived = 0;
  for (const auto& known : barnabas::sim::kKnown) {
    survived += barnabas::sim::Hunt(known, seeds) ? 0 : 1;
  }
  std::cout << survived << " survived" << std::endl;
  return survived == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

int main() {
  std::cerr << "built without seeded bugs; use --config=bugs\n";
  return 2;
}

#endif  // BARNABAS_SEEDED_BUGS
