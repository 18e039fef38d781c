#include "controller/active/pending_replies.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace barnabas::active {
namespace {

using support::HasErrorCode;

Reply ReplyTo(int64_t id) {
  return Reply{CorrelationId(id), v1::CreateTopicsResponse()};
}

TEST(PendingReplies, AnswersLeaveInOrderOnceTheirOffsetIsCommitted) {
  PendingReplies replies;
  replies.Park(LogIndex(3), ReplyTo(1));
  replies.Park(LogIndex(3), SessionSend{SessionId(9), {}});
  replies.Park(LogIndex(5), ReplyTo(2));
  Effects effects;
  replies.Commit(LogIndex(2), effects);
  EXPECT_TRUE(effects.replies.empty());
  replies.Commit(LogIndex(4), effects);
  ASSERT_EQ(effects.replies.size(), 1u);
  EXPECT_EQ(effects.replies[0].id, CorrelationId(1));
  EXPECT_EQ(effects.sends.size(), 1u);
  replies.Commit(LogIndex(5), effects);
  EXPECT_EQ(effects.replies.size(), 2u);
  EXPECT_EQ(replies.size(), 0u);
}

TEST(PendingReplies, DroppedRequestsAreAnsweredAndSessionsAreNot) {
  PendingReplies replies;
  replies.Park(LogIndex(3), ReplyTo(1));
  replies.Park(LogIndex(3), SessionSend{SessionId(9), {}});
  Effects effects;
  replies.Drop(MakeError(ErrorCode::kNotController, "lost"), effects);
  ASSERT_EQ(effects.replies.size(), 1u);
  EXPECT_THAT(effects.replies[0].response,
              HasErrorCode(ErrorCode::kNotController));
  EXPECT_TRUE(effects.sends.empty());
  EXPECT_EQ(replies.size(), 0u);
}

}  // namespace
}  // namespace barnabas::active
