// Errors on their way out: what other languages will read.
#include "client/serving/server_status.h"

#include <gtest/gtest.h>

#include <string>

#include "barnabas/v1/error.pb.h"
#include "client/rpc/status_bridge.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/types/error.h"
#include "tests/support/matchers.h"

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

TEST(ServerStatusTest, KeepsOkOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(ServerStatusTest, CarriesCodeReasonHintAndDelay) {
  const grpc::Status status = ToGrpcStatus(WithRetryAfter(
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

TEST(ServerStatusTest, EveryCodeComesBackFromTheBridge) {
  for (const ErrorCode code : AllErrorCodes()) {
    const absl::Status sent = MakeError(code, "what", "next");
    const grpc::Status wire = ToGrpcStatus(sent);
    EXPECT_EQ(static_cast<int>(wire.error_code()),
              static_cast<int>(AttributesOf(code).status));
    const absl::Status back = FromGrpc(wire);
    EXPECT_EQ(CodeOf(back), code) << NameOf(code);
    EXPECT_EQ(back.message(), "what");
    EXPECT_EQ(HintOf(back), "next");
  }
}

TEST(ServerStatusTest, KeepsATypedDetail) {
  const absl::Status back = FromGrpc(ToGrpcStatus(
      WithOffsetRange(MakeError(ErrorCode::kOffsetOutOfRange, "beyond"),
                      {Offset(3), Offset(9)})));
  ASSERT_TRUE(OffsetRangeOf(back).has_value());
  EXPECT_EQ(OffsetRangeOf(back)->end, Offset(9));
}

TEST(ServerStatusTest, PassesForeignStatusesOn) {
  const grpc::Status status =
      ToGrpcStatus(absl::NotFoundError("some library said so"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(ServerStatusTest, FitsIntoHttpHeaders) {
  const std::string wide(100000, 'x');
  const grpc::Status status =
      ToGrpcStatus(MakeError(ErrorCode::kInvalidSetting, wide, wide));
  EXPECT_LT(status.error_message().size(), 2000u);
  EXPECT_LT(status.error_details().size(), 6000u);
  EXPECT_EQ(CodeOf(FromGrpc(status)), ErrorCode::kInvalidSetting);
}

TEST(ServerStatusTest, CutsNoCharacterInHalf) {
  std::string euros;
  for (int i = 0; i < 1000; ++i) euros += "\xE2\x82\xAC";
  const std::string cut =
      ToGrpcStatus(MakeError(ErrorCode::kInternal, euros)).error_message();
  ASSERT_GT(cut.size(), 3u);
  EXPECT_EQ((cut.size() - 3) % 3, 0u) << "whole characters and three dots";
}

}  // namespace
}  // namespace barnabas::rpc
