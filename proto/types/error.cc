#include "proto/types/error.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "barnabas/v1/error.pb.h"
#include "proto/types/error_proto.h"
#include "proto/types/text.h"

namespace barnabas {
namespace {

constexpr absl::string_view kPayloadUrl =
    "type.googleapis.com/barnabas.v1.Error";

// The code nearest to a status that some library made.
ErrorCode NearestCode(absl::StatusCode status) {
  switch (status) {
    case absl::StatusCode::kOk:
      return ErrorCode::kUnspecified;
    case absl::StatusCode::kInvalidArgument:
      return ErrorCode::kInvalidRequest;
    case absl::StatusCode::kDeadlineExceeded:
      return ErrorCode::kRequestTimedOut;
    case absl::StatusCode::kResourceExhausted:
      return ErrorCode::kOverloaded;
    case absl::StatusCode::kUnimplemented:
      return ErrorCode::kUnsupportedFeature;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
      return ErrorCode::kBrokerNotAvailable;
    case absl::StatusCode::kUnauthenticated:
      return ErrorCode::kUnauthenticated;
    case absl::StatusCode::kPermissionDenied:
      return ErrorCode::kPermissionDenied;
    case absl::StatusCode::kOutOfRange:
      return ErrorCode::kOffsetOutOfRange;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return ErrorCode::kInternal;
    case absl::StatusCode::
        kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
      return ErrorCode::kInternal;
  }
  return ErrorCode::kInternal;
}

v1::Error PayloadOf(const absl::Status& status) {
  v1::Error error;
  const auto payload = status.GetPayload(kPayloadUrl);
  if (payload.has_value() && error.ParseFromString(std::string(*payload))) {
    return error;
  }
  error.Clear();
  error.set_code(static_cast<v1::ErrorCode>(NearestCode(status.code())));
  return error;
}

absl::Status Attach(absl::Status status, const v1::Error& error) {
  if (!status.ok()) {
    status.SetPayload(kPayloadUrl, absl::Cord(error.SerializeAsString()));
  }
  return status;
}

}  // namespace

absl::Status MakeError(ErrorCode code, std::string_view message,
                       std::string_view hint) {
  const ErrorAttributes& attributes = AttributesOf(code);
  v1::Error error;
  error.set_code(static_cast<v1::ErrorCode>(attributes.code));
  error.set_hint(std::string(hint));
  return Attach(absl::Status(attributes.status, AsAbsl(message)), error);
}

ErrorCode CodeOf(const absl::Status& status) {
  if (status.ok()) return ErrorCode::kUnspecified;
  return AttributesOf(static_cast<ErrorCode>(PayloadOf(status).code())).code;
}

std::string HintOf(const absl::Status& status) {
  return PayloadOf(status).hint();
}

absl::Status WithHint(absl::Status status, std::string_view hint) {
  v1::Error error = PayloadOf(status);
  error.set_hint(std::string(hint));
  return Attach(std::move(status), error);
}

absl::Status WithContext(absl::Status status, std::string_view context) {
  if (status.ok()) return status;
  const v1::Error error = PayloadOf(status);
  return Attach(absl::Status(status.code(), absl::StrCat(AsAbsl(context), ": ",
                                                         status.message())),
                error);
}

absl::Status WithLeader(absl::Status status, const LeaderHint& hint) {
  v1::Error error = PayloadOf(status);
  v1::LeaderHint* leader = error.mutable_leader();
  leader->set_broker_id(hint.broker.value());
  leader->set_leader_epoch(hint.epoch.value());
  leader->set_endpoint(hint.endpoint);
  leader->set_metadata_version(hint.metadata_version.value());
  return Attach(std::move(status), error);
}

absl::Status WithOffsetRange(absl::Status status, OffsetRange range) {
  v1::Error error = PayloadOf(status);
  error.mutable_offset_range()->set_log_start(range.begin.value());
  error.mutable_offset_range()->set_log_end(range.end.value());
  return Attach(std::move(status), error);
}

absl::Status WithSize(absl::Status status, SizeDetail size) {
  v1::Error error = PayloadOf(status);
  error.mutable_size()->set_actual_bytes(size.actual_bytes);
  error.mutable_size()->set_limit_bytes(size.limit_bytes);
  return Attach(std::move(status), error);
}

absl::Status WithConflict(absl::Status status, ConflictDetail conflict) {
  v1::Error error = PayloadOf(status);
  error.mutable_conflict()->set_expected_version(conflict.expected_version);
  error.mutable_conflict()->set_actual_version(conflict.actual_version);
  return Attach(std::move(status), error);
}

absl::Status WithSetting(absl::Status status, const SettingDetail& setting) {
  v1::Error error = PayloadOf(status);
  error.mutable_setting()->set_name(setting.name);
  error.mutable_setting()->set_value(setting.value);
  error.mutable_setting()->set_nearest(setting.nearest);
  return Attach(std::move(status), error);
}

absl::Status WithRetryAfter(absl::Status status, int64_t delay_ms) {
  v1::Error error = PayloadOf(status);
  error.set_retry_after_ms(delay_ms);
  return Attach(std::move(status), error);
}

std::optional<LeaderHint> LeaderOf(const absl::Status& status) {
  const v1::Error error = PayloadOf(status);
  if (!error.has_leader()) return std::nullopt;
  LeaderHint hint;
  hint.broker = BrokerId(error.leader().broker_id());
  hint.epoch = LeaderEpoch(error.leader().leader_epoch());
  hint.endpoint = error.leader().endpoint();
  hint.metadata_version = LogIndex(error.leader().metadata_version());
  return hint;
}

std::optional<OffsetRange> OffsetRangeOf(const absl::Status& status) {
  const v1::Error error = PayloadOf(status);
  if (!error.has_offset_range()) return std::nullopt;
  return OffsetRange{Offset(error.offset_range().log_start()),
                     Offset(error.offset_range().log_end())};
}

std::optional<int64_t> RetryAfterOf(const absl::Status& status) {
  const v1::Error error = PayloadOf(status);
  if (!error.has_retry_after_ms()) return std::nullopt;
  return error.retry_after_ms();
}

v1::Error ToProto(const absl::Status& status) {
  if (status.ok()) return v1::Error();
  v1::Error error = PayloadOf(status);
  error.set_message(std::string(status.message()));
  return error;
}

absl::Status FromProto(const v1::Error& error) {
  if (error.code() == v1::ERROR_CODE_UNSPECIFIED) return absl::OkStatus();
  const ErrorAttributes& attributes =
      AttributesOf(static_cast<ErrorCode>(error.code()));
  v1::Error payload = error;
  payload.set_code(static_cast<v1::ErrorCode>(attributes.code));
  payload.clear_message();
  return Attach(absl::Status(attributes.status, error.message()), payload);
}

}  // namespace barnabas
