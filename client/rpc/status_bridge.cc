#include "client/rpc/status_bridge.h"

#include <string>

#include "barnabas/v1/error.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/types/error_proto.h"

namespace barnabas::rpc {
namespace {

// Both enums number their codes alike.
grpc::StatusCode GrpcCode(absl::StatusCode code) {
  return static_cast<grpc::StatusCode>(static_cast<int>(code));
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string message(status.message());
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  details.add_details()->PackFrom(ToProto(status));
  return grpc::Status(GrpcCode(status.code()), message,
                      details.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      v1::Error error;
      if (!detail.UnpackTo(&error)) continue;
      if (error.code() == v1::ERROR_CODE_UNSPECIFIED) continue;
      if (error.message().empty()) error.set_message(status.error_message());
      return FromProto(error);
    }
  }
  // gRPC never makes an unknown code here, but a server might.
  const int code = static_cast<int>(status.error_code());
  const bool known = code >= 1 && code <= 16;
  return absl::Status(
      known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
      status.error_message());
}

}  // namespace barnabas::rpc
