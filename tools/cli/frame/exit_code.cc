#include "tools/cli/frame/exit_code.h"

#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/text.h"

namespace barnabas::cli {
namespace {

constexpr absl::string_view kExitUrl = "barnabas.cli/exit";
constexpr absl::string_view kSilentUrl = "barnabas.cli/silent";

ExitCode CodeOfStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return ExitCode::kDone;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kUnreachable;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kFailedPrecondition:
      return ExitCode::kConflict;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return ExitCode::kNotAllowed;
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return ExitCode::kRefused;
    case absl::StatusCode::
        kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
      return ExitCode::kRefused;
  }
  return ExitCode::kRefused;
}

// A status that a server or a lost answer gave this code by name; a bare
// DEADLINE_EXCEEDED of a read says only that nobody was reached.
bool IsOutcomeUnknown(const absl::Status& status) {
  return status.code() == absl::StatusCode::kDeadlineExceeded &&
         status.GetPayload("type.googleapis.com/barnabas.v1.Error")
             .has_value() &&
         CodeOf(status) == ErrorCode::kRequestTimedOut;
}

}  // namespace

int ExitCodeOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kExitUrl);
  int code = 0;
  if (payload.has_value() && absl::SimpleAtoi(std::string(*payload), &code)) {
    return code;
  }
  if (IsOutcomeUnknown(status)) {
    return static_cast<int>(ExitCode::kOutcomeUnknown);
  }
  return static_cast<int>(CodeOfStatus(status.code()));
}

absl::Status WithExitCode(absl::Status status, int code) {
  if (!status.ok()) status.SetPayload(kExitUrl, absl::Cord(absl::StrCat(code)));
  return status;
}

absl::Status WithPrefix(const absl::Status& status, std::string_view context) {
  if (status.ok()) return status;
  absl::Status prefixed(status.code(),
                        absl::StrCat(AsAbsl(context), ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    prefixed.SetPayload(url, payload);
  });
  return prefixed;
}

absl::Status UsageError(std::string_view message, std::string_view hint) {
  return WithExitCode(MakeError(ErrorCode::kInvalidRequest, message, hint),
                      static_cast<int>(ExitCode::kUsage));
}

absl::Status Unsupported(std::string_view what, std::string_view instead) {
  return WithExitCode(
      MakeError(ErrorCode::kUnsupportedFeature,
                absl::StrCat(AsAbsl(what), " comes with a later release"),
                instead),
      static_cast<int>(ExitCode::kUsage));
}

absl::Status SilentExit(int code) {
  if (code == 0) return absl::OkStatus();
  absl::Status status =
      WithExitCode(MakeError(ErrorCode::kInvalidRequest, "told already"), code);
  status.SetPayload(kSilentUrl, absl::Cord("1"));
  return status;
}

bool IsSilent(const absl::Status& status) {
  return status.GetPayload(kSilentUrl).has_value();
}

}  // namespace barnabas::cli
