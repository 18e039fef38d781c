#include "client/rpc/status_bridge.h"

#include <gtest/gtest.h>

#include <string>

#include "barnabas/v1/error.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/types/error.h"

namespace barnabas::rpc {
namespace {

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

template <typename Message>
bool Find(const google::rpc::Status& details, Message* message) {
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(message)) return true;
  }
  return false;
}

TEST(StatusBridgeTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(StatusBridgeTest, EveryCodeComesBackWithTextHintAndStatus) {
  for (const ErrorCode code : AllErrorCodes()) {
    const absl::Status sent = MakeError(code, "what happened", "what to do");
    const grpc::Status wire = ToGrpc(sent);
    EXPECT_EQ(static_cast<int>(wire.error_code()),
              static_cast<int>(AttributesOf(code).status));
    EXPECT_EQ(wire.error_message(), "what happened");
    const absl::Status received = FromGrpc(wire);
    EXPECT_EQ(CodeOf(received), code);
    EXPECT_EQ(received.code(), sent.code());
    EXPECT_EQ(received.message(), "what happened");
    EXPECT_EQ(HintOf(received), "what to do");
  }
}

TEST(StatusBridgeTest, DetailsTravel) {
  LeaderHint hint;
  hint.broker = BrokerId(102);
  hint.epoch = LeaderEpoch(7);
  hint.endpoint = "localhost:9302";
  const absl::Status received = FromGrpc(
      ToGrpc(WithLeader(MakeError(ErrorCode::kNotLeader, "not here"), hint)));
  ASSERT_TRUE(LeaderOf(received).has_value());
  EXPECT_EQ(LeaderOf(received)->broker, BrokerId(102));
  EXPECT_EQ(LeaderOf(received)->endpoint, "localhost:9302");
}

TEST(StatusBridgeTest, OtherLanguagesFindReasonHintAndDelayWhereTheyLook) {
  const grpc::Status status = ToGrpc(WithRetryAfter(
      MakeError(ErrorCode::kOverloaded, "too many", "wait a little"), 1500));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_message(), "too many");
  const google::rpc::Status details = DetailsOf(status);
  EXPECT_EQ(details.code(), 8);
  google::rpc::ErrorInfo reason;
  ASSERT_TRUE(Find(details, &reason));
  EXPECT_EQ(reason.reason(), "OVERLOADED");
  EXPECT_EQ(reason.domain(), "barnabas");
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(Find(details, &retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 500000000);
  google::rpc::Help help;
  ASSERT_TRUE(Find(details, &help));
  EXPECT_EQ(help.links(0).description(), "wait a little");
  v1::Error error;
  ASSERT_TRUE(Find(details, &error));
  EXPECT_EQ(error.code(), v1::ERROR_CODE_OVERLOADED);
}

TEST(StatusBridgeTest, KeepsATypedDetail) {
  const absl::Status back = FromGrpc(
      ToGrpc(WithOffsetRange(MakeError(ErrorCode::kOffsetOutOfRange, "beyond"),
                             {Offset(3), Offset(9)})));
  ASSERT_TRUE(OffsetRangeOf(back).has_value());
  EXPECT_EQ(OffsetRangeOf(back)->end, Offset(9));
}

TEST(StatusBridgeTest, FitsIntoHttpHeaders) {
  const std::string wide(100000, 'x');
  const grpc::Status status =
      ToGrpc(MakeError(ErrorCode::kInvalidSetting, wide, wide));
  EXPECT_LT(status.error_message().size(), 2000u);
  EXPECT_LT(status.error_details().size(), 6000u);
  EXPECT_EQ(CodeOf(FromGrpc(status)), ErrorCode::kInvalidSetting);
}

TEST(StatusBridgeTest, CutsNoCharacterInHalf) {
  std::string euros;
  for (int i = 0; i < 1000; ++i) euros += "\xE2\x82\xAC";
  const std::string cut =
      ToGrpc(MakeError(ErrorCode::kInternal, euros)).error_message();
  ASSERT_GT(cut.size(), 3u);
  EXPECT_EQ((cut.size() - 3) % 3, 0u) << "whole characters and three dots";
}

TEST(StatusBridgeTest, StatusesOfOthersKeepCodeAndText) {
  const absl::Status received =
      FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no route"));
  EXPECT_EQ(received.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(received.message(), "no route");
  EXPECT_EQ(CodeOf(received), ErrorCode::kBrokerNotAvailable);
}

TEST(StatusBridgeTest, DamagedDetailsAreIgnored) {
  const absl::Status received = FromGrpc(
      grpc::Status(grpc::StatusCode::NOT_FOUND, "gone", "\xff\xff garbage"));
  EXPECT_EQ(received.code(), absl::StatusCode::kNotFound);
  const absl::Status strange =
      FromGrpc(grpc::Status(static_cast<grpc::StatusCode>(99), "strange"));
  EXPECT_EQ(strange.code(), absl::StatusCode::kUnknown);
}

}  // namespace
}  // namespace barnabas::rpc
