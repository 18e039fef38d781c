// From many decisions to the few that are needed.
#include "tests/sim/shrinker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace barnabas::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A hundred decisions; broken when numbers 17 and 63 are both taken.
SimReport Pair(const SimOptions& options) {
  Decisions decisions(options);
  SimReport report;
  int needed = 0;
  for (int i = 0; i < 100; ++i) {
    decisions.BeginStep(absl::Milliseconds(i));
    ++report.events;
    if (!decisions.Take("fault", i)) continue;
    if (i == 17 || i == 63) ++needed;
  }
  if (options.trace) report.last_events.push_back("the last thing");
  report.decisions = decisions.taken();
  if (needed == 2) report.broken = "R9: said too much";
  return report;
}

TEST(ShrinkerTest, LeavesWhatIsNeededAlone) {
  const std::string report = ReportOf(5, Pair);
  EXPECT_THAT(report, HasSubstr("seed 5 after 100 events: R9: said too much"));
  EXPECT_THAT(report, HasSubstr("shrunk from 100 to 2 decisions"));
  EXPECT_THAT(report, HasSubstr("fault 17\n"));
  EXPECT_THAT(report, HasSubstr("fault 63\n"));
  EXPECT_THAT(report, Not(HasSubstr("fault 18\n")));
  EXPECT_THAT(report, HasSubstr("the last thing"));
}

TEST(ShrinkerTest, ASeedThatHoldsHasNoReport) {
  EXPECT_EQ(ReportOf(5, [](const SimOptions&) { return SimReport(); }), "");
}

TEST(ShrinkerTest, AnotherInvariantIsAnotherFailure) {
  // Without its third decision it breaks something else.
  const std::string report = ReportOf(1, [](const SimOptions& options) {
    Decisions decisions(options);
    SimReport result;
    bool third = false;
    for (int i = 0; i < 4; ++i) {
      decisions.BeginStep(absl::ZeroDuration());
      const bool taken = decisions.Take("fault", i);
      third = third || (taken && i == 2);
    }
    result.broken = third ? "R1: two leaders" : "R20: none";
    result.decisions = decisions.taken();
    return result;
  });
  EXPECT_THAT(report, HasSubstr("shrunk from 4 to 1 decisions"));
  EXPECT_THAT(report, HasSubstr("fault 2\n"));
}

TEST(ShrinkerTest, NamesTheInvariant) {
  EXPECT_EQ(InvariantName("R20: no progress\n node 1"), "R20");
  EXPECT_EQ(InvariantName(""), "");
}

}  // namespace
}  // namespace barnabas::sim
