// Decisions: the faults and calls of one simulated run, one by one.
//
// What: a run goes in steps, and each step draws from a source of its own, made
//   of the seed and the step's number. So one decision can be left out and the
//   others stay what they were: that is how a failing run is shrunk.
// Units: virtual time. Empty case: without `only` every decision is taken.
// Thread: one. Errors: none.
// Always true: the same seed draws the same; what is not in `only` is not done.
#ifndef BARNABAS_TESTS_SIM_DECISIONS_H_
#define BARNABAS_TESTS_SIM_DECISIONS_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace barnabas::sim {

struct Decision {
  int64_t id = 0;
  absl::Duration at;
  // What was done, and to whom; -1 for nobody.
  const char* verb = "";
  int64_t first = -1;
  int64_t second = -1;

  std::string Text() const;
};

// What a run is made from.
struct SimOptions {
  SimOptions(uint64_t its_seed,
             std::optional<std::set<int64_t>> only_these = std::nullopt,
             bool keep_trace = false)
      : seed(its_seed), only(std::move(only_these)), trace(keep_trace) {}

  uint64_t seed;
  // Ids of the decisions that are taken; all of them if not set.
  std::optional<std::set<int64_t>> only;
  // Keeps the last events for a report.
  bool trace;
};

// What became of a run, as a report tells it.
struct SimReport {
  // "" or the first broken invariant.
  std::string broken;
  int64_t events = 0;
  std::vector<Decision> decisions;
  std::deque<std::string> last_events;
};

class Decisions {
 public:
  explicit Decisions(const SimOptions& options) : options_(options) {}

  // Draws come from a new source.
  void BeginStep(absl::Duration now);
  bool Chance(double probability);
  // From [low, high).
  int64_t Draw(int64_t low, int64_t high);
  // Whether to do it. Call it once for everything that is about to be done.
  bool Take(const char* verb, int64_t first = -1, int64_t second = -1);

  const std::vector<Decision>& taken() const { return taken_; }
  bool trace() const { return options_.trace; }

 private:
  // Beyond this a step's decisions have no ids.
  static constexpr int64_t kPerStepMax = 64;

  uint64_t Next();

  const SimOptions options_;

  int64_t step_ = 0;
  int64_t ordinal_ = 0;
  uint64_t state_ = 0;
  absl::Duration now_;
  std::vector<Decision> taken_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_DECISIONS_H_
