// Endless seeds for the Raft simulation: raft_soak FIRST COUNT [EVENTS].
//
// Prints a line for every seed that breaks something and a last line with
// what was done; run again with FIRST + COUNT to go on. Exit code 1 if
// anything broke.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/sim/raft_cluster.h"
#include "tests/sim/shrinker.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: raft_soak FIRST COUNT [EVENTS]\n";
    return 2;
  }
  const uint64_t first = std::stoull(argv[1]);
  const uint64_t count = std::stoull(argv[2]);
  const int64_t events = argc > 3 ? std::stoll(argv[3]) : 20000;
  int64_t broken = 0;
  int64_t total_events = 0;
  int64_t commits = 0;
  int64_t terms = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const auto outcome = barnabas::sim::RaftCluster(seed).Run(events);
    total_events += outcome.events;
    commits += outcome.commits;
    terms += outcome.terms;
    if (outcome.broken.empty()) continue;
    ++broken;
    std::cout << barnabas::sim::ReportOf(
                     seed,
                     [events](const barnabas::sim::SimOptions& options) {
                       return barnabas::sim::RaftCluster(options).Run(events);
                     })
              << std::flush;
  }
  std::cout << "seeds " << first << " to " << first + count - 1 << ": "
            << broken << " broken, " << total_events << " events, " << commits
            << " commits, " << terms << " terms" << std::endl;
  return broken == 0 ? 0 : 1;
}
