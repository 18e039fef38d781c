// Waiting for a metadata version.
#include "broker/cluster/applied_waiters.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "proto/types/error.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::broker {
namespace {

class AppliedWaitersTest : public ::testing::Test {
 protected:
  void Wait(int64_t version, absl::Duration timeout = absl::Seconds(10)) {
    waiters_.Wait(LogIndex(version), timeout,
                  [this](const absl::Status& status) {
                    answers_.push_back(CodeOf(status));
                  });
  }

  support::SimScheduler scheduler_{1};
  std::shared_ptr<support::SimEventLoop> loop_ =
      std::make_shared<support::SimEventLoop>(&scheduler_);
  std::vector<ErrorCode> answers_;
  AppliedWaiters waiters_{loop_};
};

TEST_F(AppliedWaitersTest, WakesEachAtItsVersion) {
  Wait(5);
  Wait(3);
  Wait(5);
  waiters_.Applied(LogIndex(2));
  EXPECT_TRUE(answers_.empty());
  waiters_.Applied(LogIndex(4));
  EXPECT_EQ(answers_.size(), 1u);
  waiters_.Applied(LogIndex(9));
  EXPECT_EQ(answers_.size(), 3u);
  scheduler_.RunFor(absl::Minutes(1));
  EXPECT_EQ(answers_, std::vector<ErrorCode>(3, ErrorCode::kUnspecified));
}

TEST_F(AppliedWaitersTest, AnswersAtOnceWhatIsApplied) {
  waiters_.Applied(LogIndex(7));
  Wait(7);
  Wait(-1);
  EXPECT_EQ(answers_.size(), 2u);
}

TEST_F(AppliedWaitersTest, GivesUpInTime) {
  Wait(5, absl::Seconds(1));
  Wait(5, absl::Seconds(3));
  scheduler_.RunFor(absl::Seconds(2));
  EXPECT_EQ(answers_, std::vector<ErrorCode>{ErrorCode::kRequestTimedOut});
  waiters_.Applied(LogIndex(5));
  scheduler_.RunFor(absl::Seconds(5));
  EXPECT_EQ(answers_.size(), 2u) << "each is answered once";
}

TEST_F(AppliedWaitersTest, BoundsHowManyWait) {
  for (size_t i = 0; i < AppliedWaiters::kWaitersMax; ++i) Wait(5);
  EXPECT_TRUE(answers_.empty());
  Wait(5);
  EXPECT_EQ(answers_, std::vector<ErrorCode>{ErrorCode::kOverloaded});
}

TEST_F(AppliedWaitersTest, AnswersAllWhenItStops) {
  Wait(5);
  waiters_.Stop();
  Wait(6);
  EXPECT_EQ(answers_, std::vector<ErrorCode>(2, ErrorCode::kShuttingDown));
}

}  // namespace
}  // namespace barnabas::broker
