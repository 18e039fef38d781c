#include "storage/env/idle_trim.h"

#include <gtest/gtest.h>

#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::env {
namespace {

class IdleTrimTest : public testing::Test {
 protected:
  IdleTrimTest()
      : scheduler_(1),
        loop_(&scheduler_),
        trim_({.loop = &loop_,
               .interval = absl::Seconds(5),
               .quiet_below = 100,
               .events = [this] { return events_; },
               .trim = [this] { ++trims_; }}) {
    trim_.Start();
  }

  // One interval in which so much happens.
  void Pass(int64_t events) {
    events_ += events;
    scheduler_.RunFor(absl::Seconds(5));
  }

  support::SimScheduler scheduler_;
  support::SimEventLoop loop_;
  int64_t events_ = 0;
  int trims_ = 0;
  IdleTrim trim_;
};

TEST_F(IdleTrimTest, TrimsOnceAfterTheStart) {
  Pass(0);
  EXPECT_EQ(trims_, 1);
  Pass(0);
  Pass(99);
  EXPECT_EQ(trims_, 1);
}

TEST_F(IdleTrimTest, NeverWhileThereIsMuchToDo) {
  for (int i = 0; i < 10; ++i) Pass(100);
  EXPECT_EQ(trims_, 0);
}

TEST_F(IdleTrimTest, OnceAfterEachBusyTime) {
  Pass(0);
  Pass(1000);
  Pass(1000);
  EXPECT_EQ(trims_, 1);
  Pass(10);
  Pass(10);
  EXPECT_EQ(trims_, 2);
  Pass(1000);
  Pass(10);
  EXPECT_EQ(trims_, 3);
}

}  // namespace
}  // namespace barnabas::env
