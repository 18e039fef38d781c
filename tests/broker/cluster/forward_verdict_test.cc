// What the failure of a forwarded call means.
#include "broker/cluster/forward_verdict.h"

#include <gtest/gtest.h>

#include <memory>

#include "metadata/image/image_parts.h"
#include "proto/types/error.h"
#include "tests/support/matchers.h"

namespace barnabas::broker {
namespace {

using support::HasErrorCode;

TEST(ForwardVerdictTest, AnotherIsAskedWhenNothingWasSentOrItDoesNotLead) {
  for (const absl::Status& status :
       {absl::UnavailableError("failed to connect to all addresses"),
        MakeError(ErrorCode::kNotController, "it follows"),
        MakeError(ErrorCode::kControllerNotAvailable, "nobody leads")}) {
    EXPECT_EQ(JudgeFailure(status), ForwardVerdict::kAskAnother) << status;
  }
}

TEST(ForwardVerdictTest, WhatWasSentAndNotAnsweredIsLost) {
  for (const absl::Status& status :
       {absl::UnavailableError("Socket closed"), absl::CancelledError(),
        MakeError(ErrorCode::kRequestTimedOut, "it was replaced")}) {
    EXPECT_EQ(JudgeFailure(status), ForwardVerdict::kLost) << status;
  }
}

TEST(ForwardVerdictTest, AnAnswerAndTheCallersDeadlineAreFinal) {
  for (const absl::Status& status :
       {absl::DeadlineExceededError(""),
        MakeError(ErrorCode::kTopicAlreadyExists, "it is there")}) {
    EXPECT_EQ(JudgeFailure(status), ForwardVerdict::kFinal) << status;
  }
}

TEST(ForwardVerdictTest, ALostWriteIsToldAsUnknownALostReadIsNot) {
  const absl::Status broken = absl::UnavailableError("Socket closed");
  EXPECT_THAT(ExplainFailure(broken, "c:1", /*write=*/true),
              HasErrorCode(ErrorCode::kRequestTimedOut));
  EXPECT_THAT(ExplainFailure(broken, "c:1", /*write=*/false),
              HasErrorCode(ErrorCode::kControllerNotAvailable));
  const absl::Status own = MakeError(ErrorCode::kTopicAlreadyExists, "x");
  EXPECT_EQ(ExplainFailure(own, "c:1", /*write=*/true), own);
}

TEST(ForwardVerdictTest, PausesGrowToABound) {
  EXPECT_LT(PauseBefore(0), PauseBefore(1));
  EXPECT_EQ(PauseBefore(20), PauseBefore(1000));
}

image::ClusterImage Image(int64_t version, int32_t term) {
  auto parts = std::make_shared<image::ImageParts>();
  parts->version = LogIndex(version);
  parts->term = Term(term);
  return image::ClusterImage(parts);
}

TEST(ForwardVerdictTest, OnlyTheNextLeadersOwnEntriesProveThatNothingHappened) {
  const auto outcome = [](int64_t version, int32_t term) {
    return OutcomeOf(LogIndex(10), Term(3), Image(version, term));
  };
  EXPECT_EQ(outcome(10, 3), LostWrite::kNotKnownYet);
  EXPECT_EQ(outcome(11, 3), LostWrite::kNotKnownYet);
  // The write itself and an entry that moves nothing look like this.
  EXPECT_EQ(outcome(12, 3), LostWrite::kNotKnownYet);
  EXPECT_EQ(outcome(12, 4), LostWrite::kHadNoEffect);
  EXPECT_EQ(outcome(13, 4), LostWrite::kMayHaveHad);
  EXPECT_EQ(outcome(13, 3), LostWrite::kMayHaveHad);
}

}  // namespace
}  // namespace barnabas::broker
