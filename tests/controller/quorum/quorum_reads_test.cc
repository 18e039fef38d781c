// Reads that a majority must confirm.
#include "controller/quorum/quorum_reads.h"

#include <gtest/gtest.h>

#include <optional>

#include "proto/types/error.h"
#include "tests/metadata/raft/node.h"
#include "tests/support/matchers.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::HasErrorCode;

class QuorumReadsTest : public ::testing::Test {
 protected:
  void Lead() {
    node_.Win(1);
    Hear(2);
    node_.Take();
  }
  // A follower holds all and has answered the newest heartbeat.
  void Hear(int32_t id) {
    raft::AppendReply reply;
    reply.accepted = true;
    reply.match = node_.core().replica().log.last().index;
    reply.round = node_.core().replica().leadership.round;
    node_.Receive(id, 1, reply);
  }
  void Read() {
    reads_.Begin([this](absl::StatusOr<LogIndex> index) { answer_ = index; });
  }
  void Settle() {
    reads_.Settle(node_.Take().reads);
    scheduler_.RunReady();
  }

  support::SimScheduler scheduler_{1};
  support::SimEventLoop loop_{&scheduler_};
  raft::Node node_{1, 3};
  QuorumReads reads_{&loop_, &node_.core()};
  std::optional<absl::StatusOr<LogIndex>> answer_;
};

TEST_F(QuorumReadsTest, AnswersWhenAMajorityConfirmedTheLeader) {
  Lead();
  Read();
  Settle();
  EXPECT_FALSE(answer_.has_value());
  Hear(3);
  Settle();
  ASSERT_TRUE(answer_.has_value());
  ASSERT_OK(*answer_);
  EXPECT_EQ(**answer_, node_.commit());
}

TEST_F(QuorumReadsTest, AFollowerAnswersThatItDoesNotLead) {
  Read();
  EXPECT_FALSE(answer_.has_value()) << "never from inside a call";
  scheduler_.RunReady();
  ASSERT_TRUE(answer_.has_value());
  EXPECT_THAT(answer_->status(), HasErrorCode(ErrorCode::kNotController));
}

TEST_F(QuorumReadsTest, ALeaderThatIsReplacedAnswersNothingOld) {
  Lead();
  Read();
  node_.Receive(3, 9, raft::AppendRequest{});
  Settle();
  ASSERT_TRUE(answer_.has_value());
  EXPECT_THAT(answer_->status(), HasErrorCode(ErrorCode::kNotController));
}

TEST_F(QuorumReadsTest, AFailedQuorumAnswersWhatFailed) {
  Lead();
  Read();
  reads_.Fail(MakeError(ErrorCode::kStorageError, "gone"));
  scheduler_.RunReady();
  EXPECT_THAT(answer_->status(), HasErrorCode(ErrorCode::kStorageError));
}

}  // namespace
}  // namespace barnabas::quorum
