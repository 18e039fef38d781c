// Endless seeds for whole controllers: controller_soak FIRST COUNT [EVENTS].
//
// Prints a report for every seed that breaks something (seed, invariant, the
// decisions it takes, the last events) and a last line with what was done; run
// again with FIRST + COUNT to go on. Exit code 1 if anything broke.
#include <glog/logging.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/synchronization/mutex.h"
#include "tests/sim/controller_cluster.h"
#include "tests/sim/shrinker.h"

int main(int argc, char** argv) {
  FLAGS_minloglevel = google::GLOG_FATAL;
  // There is one thread; looking for deadlocks costs a tenth of the time.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  if (argc < 3) {
    std::cerr << "usage: controller_soak FIRST COUNT [EVENTS]\n";
    return 2;
  }
  const uint64_t first = std::stoull(argv[1]);
  const uint64_t count = std::stoull(argv[2]);
  const int64_t events = argc > 3 ? std::stoll(argv[3]) : 20000;
  int64_t broken = 0;
  barnabas::sim::ControllerOutcome total;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const auto outcome = barnabas::sim::ControllerCluster(seed).Run(events);
    total.events += outcome.events;
    total.commits += outcome.commits;
    total.terms += outcome.terms;
    total.made += outcome.made;
    total.reads += outcome.reads;
    total.moves += outcome.moves;
    if (outcome.broken.empty()) continue;
    ++broken;
    std::cout << barnabas::sim::ReportOf(
                     seed,
                     [events](const barnabas::sim::SimOptions& options) {
                       return barnabas::sim::ControllerCluster(options).Run(
                           events);
                     })
              << std::flush;
  }
  std::cout << "seeds " << first << " to " << first + count - 1 << ": "
            << broken << " broken, " << total.events << " events, "
            << total.commits << " commits, " << total.terms << " terms, "
            << total.made << " topics made, " << total.reads << " reads, "
            << total.moves << " moves of leaders" << std::endl;
  return broken == 0 ? 0 : 1;
}
