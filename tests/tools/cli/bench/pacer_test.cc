#include "tools/cli/bench/pacer.h"

#include <gtest/gtest.h>

#include "storage/env/system_clock.h"

namespace barnabas::cli {
namespace {

TEST(PacerTest, AClosedLoopIsDueNow) {
  const env::SystemClock clock;
  Pacer pacer(&clock, 0);
  const int64_t before = pacer.NowNs();
  EXPECT_GE(pacer.WaitFor(1000000000), before);
}

TEST(PacerTest, AnOpenLoopIsDueByItsIndexHoweverLateItIs) {
  const env::SystemClock clock;
  Pacer pacer(&clock, 1000000);
  const int64_t first = pacer.WaitFor(0);
  EXPECT_EQ(pacer.WaitFor(1000) - first, 1000000);
  EXPECT_EQ(pacer.WaitFor(10) - first, 10000);
}

TEST(PacerTest, NothingIsSentBeforeItIsDue) {
  const env::SystemClock clock;
  Pacer pacer(&clock, 1000);
  const int64_t due = pacer.WaitFor(5);
  EXPECT_GE(pacer.NowNs(), due);
}

}  // namespace
}  // namespace barnabas::cli
