#include "proto/types/error.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/types/error_proto.h"

namespace barnabas {
namespace {

// What survives a trip over the wire.
absl::Status ThereAndBack(const absl::Status& status) {
  v1::Error error;
  EXPECT_TRUE(error.ParseFromString(ToProto(status).SerializeAsString()));
  return FromProto(error);
}

TEST(ErrorTest, EveryCodeSurvivesTheWire) {
  for (ErrorCode code : AllErrorCodes()) {
    const absl::Status status = MakeError(code, "what, where", "do this");
    EXPECT_EQ(status.code(), AttributesOf(code).status);
    const absl::Status back = ThereAndBack(status);
    EXPECT_EQ(back, status);
    EXPECT_EQ(CodeOf(back), code);
    EXPECT_EQ(HintOf(back), "do this");
    EXPECT_EQ(back.message(), "what, where");
  }
}

TEST(ErrorTest, OkStaysOk) {
  EXPECT_EQ(CodeOf(absl::OkStatus()), ErrorCode::kUnspecified);
  EXPECT_EQ(HintOf(absl::OkStatus()), "");
  EXPECT_TRUE(ThereAndBack(absl::OkStatus()).ok());
  EXPECT_TRUE(WithHint(absl::OkStatus(), "x").ok());
  EXPECT_TRUE(WithContext(absl::OkStatus(), "x").ok());
  EXPECT_TRUE(WithRetryAfter(absl::OkStatus(), 5).ok());
}

TEST(ErrorTest, LeaderHintsComeBack) {
  LeaderHint hint;
  hint.broker = BrokerId(102);
  hint.epoch = LeaderEpoch(7);
  hint.endpoint = "localhost:9312";
  hint.metadata_version = LogIndex(55);
  const auto back = LeaderOf(ThereAndBack(
      WithLeader(MakeError(ErrorCode::kNotLeader, "not here"), hint)));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->broker, hint.broker);
  EXPECT_EQ(back->epoch, hint.epoch);
  EXPECT_EQ(back->endpoint, hint.endpoint);
  EXPECT_EQ(back->metadata_version, hint.metadata_version);
}

TEST(ErrorTest, OffsetRangesComeBack) {
  const OffsetRange range{Offset(5), Offset(9)};
  const absl::Status status = WithOffsetRange(
      MakeError(ErrorCode::kOffsetOutOfRange, "too early"), range);
  EXPECT_EQ(OffsetRangeOf(ThereAndBack(status)), range);
  EXPECT_EQ(LeaderOf(status), std::nullopt);
}

TEST(ErrorTest, RetryDelaysComeBackBesideADetail) {
  const absl::Status status =
      WithRetryAfter(WithOffsetRange(MakeError(ErrorCode::kOverloaded, "busy"),
                                     OffsetRange{Offset(1), Offset(2)}),
                     250);
  EXPECT_EQ(RetryAfterOf(ThereAndBack(status)), 250);
  EXPECT_TRUE(OffsetRangeOf(status).has_value());
  EXPECT_EQ(RetryAfterOf(MakeError(ErrorCode::kOverloaded, "busy")),
            std::nullopt);
}

TEST(ErrorTest, SizesConflictsAndSettingsReachTheWire) {
  const v1::Error size = ToProto(
      WithSize(MakeError(ErrorCode::kBatchTooLarge, "big"), {300, 200}));
  EXPECT_EQ(size.size().actual_bytes(), 300);
  EXPECT_EQ(size.size().limit_bytes(), 200);
  const v1::Error conflict = ToProto(
      WithConflict(MakeError(ErrorCode::kVersionMismatch, "old"), {3, 4}));
  EXPECT_EQ(conflict.conflict().expected_version(), 3);
  EXPECT_EQ(conflict.conflict().actual_version(), 4);
  const v1::Error setting =
      ToProto(WithSetting(MakeError(ErrorCode::kInvalidSetting, "unknown"),
                          {"retention.m", "5", "retention.ms"}));
  EXPECT_EQ(setting.setting().name(), "retention.m");
  EXPECT_EQ(setting.setting().value(), "5");
  EXPECT_EQ(setting.setting().nearest(), "retention.ms");
}

TEST(ErrorTest, TheLastDetailStays) {
  const absl::Status status =
      WithSize(WithOffsetRange(MakeError(ErrorCode::kInternal, "x"),
                               OffsetRange{Offset(1), Offset(2)}),
               {1, 2});
  EXPECT_EQ(OffsetRangeOf(status), std::nullopt);
  EXPECT_TRUE(ToProto(status).has_size());
}

TEST(ErrorTest, ContextIsPutInFrontAndKeepsTheRest) {
  const absl::Status status = WithContext(
      WithRetryAfter(MakeError(ErrorCode::kDiskFull, "no space", "free some"),
                     10),
      "log t-0");
  EXPECT_EQ(status.message(), "log t-0: no space");
  EXPECT_EQ(CodeOf(status), ErrorCode::kDiskFull);
  EXPECT_EQ(HintOf(status), "free some");
  EXPECT_EQ(RetryAfterOf(status), 10);
}

TEST(ErrorTest, AHintReplacesTheOneBefore) {
  EXPECT_EQ(
      HintOf(WithHint(MakeError(ErrorCode::kInternal, "x", "old"), "new")),
      "new");
}

TEST(ErrorTest, ForeignStatusesReadAsTheNearestCode) {
  EXPECT_EQ(CodeOf(absl::InvalidArgumentError("x")),
            ErrorCode::kInvalidRequest);
  EXPECT_EQ(CodeOf(absl::DeadlineExceededError("x")),
            ErrorCode::kRequestTimedOut);
  EXPECT_EQ(CodeOf(absl::UnavailableError("x")),
            ErrorCode::kBrokerNotAvailable);
  EXPECT_EQ(CodeOf(absl::DataLossError("x")), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf(absl::UnimplementedError("x")),
            ErrorCode::kUnsupportedFeature);
  EXPECT_EQ(HintOf(absl::UnavailableError("x")), "");
}

TEST(ErrorTest, AForeignStatusMayBeGivenAHint) {
  const absl::Status status = WithHint(absl::NotFoundError("no file"), "look");
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(HintOf(status), "look");
}

TEST(ErrorTest, CodesOfANewerPeerAreInternalHere) {
  v1::Error error;
  error.set_code(static_cast<v1::ErrorCode>(4711));
  error.set_message("from the future");
  const absl::Status status = FromProto(error);
  EXPECT_EQ(CodeOf(status), ErrorCode::kInternal);
  EXPECT_EQ(status.message(), "from the future");
}

}  // namespace
}  // namespace barnabas
