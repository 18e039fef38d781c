#include "client/rpc/status_bridge.h"

#include <gtest/gtest.h>

#include "google/rpc/status.pb.h"
#include "proto/types/error.h"

namespace barnabas::rpc {
namespace {

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

TEST(StatusBridgeTest, OtherLanguagesFindTheDetailWhereTheyLook) {
  const grpc::Status wire = ToGrpc(MakeError(ErrorCode::kUnknownTopic, "no"));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  EXPECT_EQ(details.code(), 5);
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(),
            "type.googleapis.com/barnabas.v1.Error");
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
