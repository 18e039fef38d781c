#include "tools/cli/bench/rounds.h"

#include <algorithm>
#include <utility>

namespace barnabas::cli {
namespace {

Figures Middle(std::vector<Figures> figures) {
  std::sort(figures.begin(), figures.end(),
            [](const Figures& a, const Figures& b) {
              return a.RecordsPerSecond() < b.RecordsPerSecond();
            });
  return std::move(figures[figures.size() / 2]);
}

}  // namespace

BenchResult MiddleOf(std::vector<Round> rounds) {
  BenchResult result;
  if (rounds.empty()) return result;
  result.rounds = static_cast<int64_t>(rounds.size());
  std::vector<Figures> runs;
  std::vector<Figures> ceilings;
  std::vector<double> ratios;
  for (Round& round : rounds) {
    if (round.ceiling.has_value()) {
      const double most = round.ceiling->RecordsPerSecond();
      if (most > 0) ratios.push_back(round.run.RecordsPerSecond() / most);
      ceilings.push_back(*std::move(round.ceiling));
    }
    runs.push_back(std::move(round.run));
  }
  result.run = Middle(std::move(runs));
  if (!ceilings.empty()) result.ceilings = {Middle(std::move(ceilings))};
  if (ratios.empty()) return result;
  std::sort(ratios.begin(), ratios.end());
  result.ratio = ratios[ratios.size() / 2];
  result.ratio_range = {ratios.front(), ratios.back()};
  return result;
}

}  // namespace barnabas::cli
