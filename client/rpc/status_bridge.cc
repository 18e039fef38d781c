#include "client/rpc/status_bridge.h"

#include <cstdint>
#include <optional>
#include <string>

#include "barnabas/v1/error.pb.h"
#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"

namespace barnabas::rpc {
namespace {

constexpr char kDomain[] = "barnabas";
// The header list that many HTTP/2 peers take is 8 KiB; base64 takes a third.
constexpr size_t kDetailBytesMax = 5 * 1024;
constexpr size_t kMessageBytes = 1024;

std::string Shortened(std::string text) {
  if (text.size() > kMessageBytes) {
    text.resize(kMessageBytes);
    // Not in the middle of a UTF-8 character.
    while (!text.empty() && (text.back() & 0xC0) == 0x80) text.pop_back();
    if (!text.empty() && (text.back() & 0x80) != 0) text.pop_back();
    text += "...";
  }
  return text;
}

void AddReason(ErrorCode code, google::rpc::Status* status) {
  google::rpc::ErrorInfo reason;
  reason.set_reason(std::string(NameOf(code)));
  reason.set_domain(kDomain);
  status->add_details()->PackFrom(reason);
}

void AddRetry(int64_t delay_ms, google::rpc::Status* status) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(delay_ms / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay_ms % 1000) *
                                         1000000);
  status->add_details()->PackFrom(retry);
}

void AddHelp(const std::string& hint, google::rpc::Status* status) {
  google::rpc::Help help;
  help.add_links()->set_description(hint);
  status->add_details()->PackFrom(help);
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const ErrorCode code = CodeOf(status);
  v1::Error error = ToProto(status);
  error.set_message(Shortened(error.message()));
  error.set_hint(Shortened(error.hint()));
  google::rpc::Status wire;
  wire.set_code(static_cast<int32_t>(status.code()));
  wire.set_message(error.message());
  wire.add_details()->PackFrom(error);
  google::rpc::Status whole = wire;
  AddReason(code, &whole);
  if (const std::optional<int64_t> delay_ms = RetryAfterOf(status)) {
    AddRetry(*delay_ms, &whole);
  }
  if (!error.hint().empty()) AddHelp(error.hint(), &whole);
  const google::rpc::Status& sent =
      whole.ByteSizeLong() <= kDetailBytesMax ? whole : wire;
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code()),
                      wire.message(), sent.SerializeAsString());
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
