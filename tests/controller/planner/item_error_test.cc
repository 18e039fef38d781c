#include "controller/planner/item_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "tests/support/matchers.h"

namespace barnabas::planner {
namespace {

using support::HasErrorCode;

TEST(ItemError, NamesTheItemAndWhatWasNotDone) {
  const absl::Status status =
      ItemError("topic", "orders", "created",
                MakeError(ErrorCode::kInvalidReplicationFactor, "5 > 3"),
                "barnabas broker list");
  EXPECT_EQ(std::string(status.message()),
            "topic \"orders\" not created: 5 > 3");
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kInvalidReplicationFactor));
  EXPECT_EQ(HintOf(status), "barnabas broker list");
}

TEST(ItemError, ABetterHintStays) {
  const absl::Status status =
      ItemError("topic", "a", "created",
                MakeError(ErrorCode::kInternal, "x", "first"), "second");
  EXPECT_EQ(HintOf(status), "first");
  EXPECT_OK(ItemError("topic", "a", "created", absl::OkStatus(), "h"));
}

TEST(ItemError, AVersionConflictTellsBoth) {
  EXPECT_OK(CheckVersion(LogIndex(7), 7));
  const absl::Status status = CheckVersion(LogIndex(7), 5);
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kVersionMismatch));
  const v1::Error error = ToProto(status);
  EXPECT_EQ(error.conflict().expected_version(), 5);
  EXPECT_EQ(error.conflict().actual_version(), 7);
}

TEST(ItemError, CallsHaveOneToAThousandItems) {
  EXPECT_THAT(CheckItemCount("topics", 0),
              HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_OK(CheckItemCount("topics", 1));
  EXPECT_OK(CheckItemCount("topics", kItemsPerCallMax));
  EXPECT_THAT(CheckItemCount("topics", kItemsPerCallMax + 1),
              HasErrorCode(ErrorCode::kLimitExceeded));
}

}  // namespace
}  // namespace barnabas::planner
