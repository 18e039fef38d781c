#include "client/producer/expiry.h"

#include <gtest/gtest.h>

#include "proto/types/error.h"

namespace barnabas::client {
namespace {

const absl::Status& Refused() {
  static const absl::Status refused =
      MakeError(ErrorCode::kDiskFull, "the disk is full");
  return refused;
}

TEST(ExpiryTest, WithoutARefusalTheTimeIsOver) {
  for (const bool in_flight : {false, true}) {
    const absl::Status told =
        ExpiryOf(absl::OkStatus(), in_flight, absl::Seconds(3));
    EXPECT_EQ(CodeOf(told), ErrorCode::kRequestTimedOut);
    EXPECT_NE(told.message().find("within 3s"), absl::string_view::npos);
  }
}

TEST(ExpiryTest, ARefusalIsNamedWhenNothingIsUnderWay) {
  const absl::Status told = ExpiryOf(Refused(), false, absl::Seconds(3));
  EXPECT_EQ(CodeOf(told), ErrorCode::kDiskFull);
  EXPECT_NE(told.message().find("within 3s"), absl::string_view::npos);
}

TEST(ExpiryTest, WhatIsUnderWayMayStillBeStored) {
  const absl::Status told = ExpiryOf(Refused(), true, absl::Seconds(3));
  EXPECT_EQ(CodeOf(told), ErrorCode::kRequestTimedOut);
  EXPECT_NE(told.message().find("the disk is full"), absl::string_view::npos);
}

TEST(ExpiryTest, WhatNeverWentOutIsKnownNotToBeStored) {
  const absl::Status told =
      ExpiryOf(NoLeader("orders", 3), false, absl::Seconds(2));
  EXPECT_EQ(CodeOf(told), ErrorCode::kLeaderNotAvailable);
  EXPECT_EQ(std::string(told.message()),
            "not acknowledged within 2s: partition 3 of orders has no leader");
}

}  // namespace
}  // namespace barnabas::client
