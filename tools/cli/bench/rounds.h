// Rounds: one result out of several rounds of a run and its ceiling.
//
// What: runs and ceilings take turns, since a machine's disk and neighbours
//   change from one second to the next; the middle one of each is shown, and
//   the middle one of the rounds' ratios, with their range.
// Units: as figures.h. Empty case: no rounds give an empty result; rounds
//   without a ceiling give no ratio.
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_BENCH_ROUNDS_H_
#define BARNABAS_TOOLS_CLI_BENCH_ROUNDS_H_

#include <optional>
#include <vector>

#include "tools/cli/bench/figures.h"

namespace barnabas::cli {

struct Round {
  Figures run;
  std::optional<Figures> ceiling = {};
};

// The middle one is the upper one of two.
BenchResult MiddleOf(std::vector<Round> rounds);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_ROUNDS_H_
