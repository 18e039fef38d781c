#include "tests/sim/shrinker.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace barnabas::sim {
namespace {

std::set<int64_t> IdsOf(const std::vector<Decision>& decisions) {
  std::set<int64_t> ids;
  for (const Decision& decision : decisions) ids.insert(decision.id);
  return ids;
}

class Shrinking {
 public:
  Shrinking(uint64_t seed, std::string name, const SimRun& run)
      : seed_(seed), name_(std::move(name)), run_(run) {}

  // A set that still fails, with nothing left out that could be in time.
  std::set<int64_t> Shrink(std::set<int64_t> kept) {
    size_t pieces = 2;
    while (!kept.empty() && runs_ < kRunsMax) {
      const size_t size = std::max<size_t>(1, kept.size() / pieces);
      if (LeaveOne(size, &kept)) {
        pieces = std::max<size_t>(2, pieces - 1);
      } else if (size == 1) {
        break;
      } else {
        pieces *= 2;
      }
    }
    return kept;
  }
  int runs() const { return runs_; }

 private:
  // Leaves out the first piece of so many that is not needed.
  bool LeaveOne(size_t size, std::set<int64_t>* kept) {
    const std::vector<int64_t> all(kept->begin(), kept->end());
    // What came last is needed least often.
    for (size_t end = all.size(); end > 0 && runs_ < kRunsMax;
         end -= std::min(size, end)) {
      std::set<int64_t> fewer = *kept;
      for (size_t i = end - std::min(size, end); i < end; ++i) {
        fewer.erase(all[i]);
      }
      SimReport report;
      if (!Fails(fewer, &report)) continue;
      // Only what was taken: the rest may not even have come up.
      *kept = IdsOf(report.decisions);
      return true;
    }
    return false;
  }

  bool Fails(const std::set<int64_t>& only, SimReport* report) {
    ++runs_;
    *report = run_(SimOptions{seed_, only, /*trace=*/false});
    return InvariantName(report->broken) == name_;
  }

  const uint64_t seed_;
  const std::string name_;
  const SimRun& run_;

  int runs_ = 0;
};

}  // namespace

std::string InvariantName(const std::string& broken) {
  return broken.substr(0, broken.find_first_of(":\n"));
}

std::string ReportOf(uint64_t seed, const SimRun& run) {
  const SimReport whole = run(SimOptions{seed, std::nullopt, false});
  if (whole.broken.empty()) return "";
  Shrinking shrinking(seed, InvariantName(whole.broken), run);
  const std::set<int64_t> kept = shrinking.Shrink(IdsOf(whole.decisions));
  const SimReport least = run(SimOptions{seed, kept, /*trace=*/true});
  std::string text = absl::StrCat("seed ", seed, " after ", whole.events,
                                  " events: ", whole.broken, "\n");
  absl::StrAppend(&text, "shrunk from ", whole.decisions.size(), " to ",
                  least.decisions.size(), " decisions in ", shrinking.runs(),
                  " runs, after ", least.events, " events: ", least.broken,
                  "\n");
  for (const Decision& decision : least.decisions) {
    absl::StrAppend(&text, "  ", decision.Text(), "\n");
  }
  absl::StrAppend(&text, "the last ", least.last_events.size(), " events\n");
  for (const std::string& event : least.last_events) {
    absl::StrAppend(&text, "  ", event, "\n");
  }
  return text;
}

}  // namespace barnabas::sim
