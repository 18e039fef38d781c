#include "tools/cli/frame/exit_code.h"

#include "gtest/gtest.h"
#include "proto/types/error.h"

namespace barnabas::cli {
namespace {

TEST(ExitCode, MapsEachGrpcStatus) {
  struct Case {
    absl::StatusCode status;
    int code;
  };
  const Case cases[] = {
      {absl::StatusCode::kOk, 0},
      {absl::StatusCode::kCancelled, 1},
      {absl::StatusCode::kUnknown, 1},
      {absl::StatusCode::kInvalidArgument, 1},
      {absl::StatusCode::kDeadlineExceeded, 3},
      {absl::StatusCode::kNotFound, 4},
      {absl::StatusCode::kAlreadyExists, 5},
      {absl::StatusCode::kPermissionDenied, 6},
      {absl::StatusCode::kResourceExhausted, 1},
      {absl::StatusCode::kFailedPrecondition, 5},
      {absl::StatusCode::kAborted, 5},
      {absl::StatusCode::kOutOfRange, 1},
      {absl::StatusCode::kUnimplemented, 1},
      {absl::StatusCode::kInternal, 1},
      {absl::StatusCode::kUnavailable, 3},
      {absl::StatusCode::kDataLoss, 1},
      {absl::StatusCode::kUnauthenticated, 6},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(ExitCodeOf(absl::Status(one.status, "x")), one.code)
        << absl::StatusCodeToString(one.status);
  }
}

TEST(ExitCode, KeepsAnUnknownOutcomeApartFromAnUnreachableCluster) {
  EXPECT_EQ(ExitCodeOf(MakeError(ErrorCode::kRequestTimedOut, "lost")), 8);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError("a read")), 3);
  EXPECT_EQ(ExitCodeOf(MakeError(ErrorCode::kLeaderNotAvailable, "none")), 3);
}

TEST(ExitCode, AStatusMayCarryItsOwn) {
  EXPECT_EQ(ExitCodeOf(UsageError("wrong")), 2);
  EXPECT_EQ(ExitCodeOf(Unsupported("x", "y")), 2);
  EXPECT_EQ(ExitCodeOf(WithExitCode(absl::NotFoundError("x"), 7)), 7);
  EXPECT_EQ(ExitCodeOf(WithExitCode(absl::OkStatus(), 7)), 0);
  EXPECT_EQ(ExitCodeOf(SilentExit(4)), 4);
  EXPECT_TRUE(IsSilent(SilentExit(4)));
  EXPECT_TRUE(SilentExit(0).ok());
}

TEST(ExitCode, APrefixKeepsWhatAStatusSays) {
  const absl::Status late =
      WithPrefix(absl::DeadlineExceededError("late"), "topic t");
  EXPECT_EQ(late.message(), "topic t: late");
  EXPECT_EQ(ExitCodeOf(late), 3);
  const absl::Status usage = WithPrefix(UsageError("wrong", "so"), "-p");
  EXPECT_EQ(ExitCodeOf(usage), 2);
  EXPECT_EQ(HintOf(usage), "so");
}

TEST(ExitCode, AnUnsupportedThingIsNamed) {
  const absl::Status status = Unsupported("barnabas group list", "use -p");
  EXPECT_EQ(CodeOf(status), ErrorCode::kUnsupportedFeature);
  EXPECT_EQ(HintOf(status), "use -p");
}

}  // namespace
}  // namespace barnabas::cli
