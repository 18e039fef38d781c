// Shrinker: from a seed that fails to the few decisions that make it fail.
//
// What: leaves out halves, quarters … single decisions as long as the run still
//   breaks the same invariant (delta debugging), and writes the report: seed,
//   invariant, the decisions that are left, the last events.
// Units: runs. Empty case: a seed that does not fail has no report.
// Thread: the caller's; it runs the simulation up to kRunsMax times.
// Errors: none.
#ifndef BARNABAS_TESTS_SIM_SHRINKER_H_
#define BARNABAS_TESTS_SIM_SHRINKER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "tests/sim/decisions.h"

namespace barnabas::sim {

inline constexpr int kRunsMax = 200;
// Events that a report ends with.
inline constexpr size_t kLastEvents = 200;

using SimRun = std::function<SimReport(const SimOptions&)>;

// The name that a broken invariant begins with: "R9" of "R9: node ...".
std::string InvariantName(const std::string& broken);

// "" if `seed` breaks nothing.
std::string ReportOf(uint64_t seed, const SimRun& run);

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_SHRINKER_H_
