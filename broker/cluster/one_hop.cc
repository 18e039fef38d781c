#include "broker/cluster/one_hop.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace barnabas::broker {

absl::Status OneHop::ForwardedBefore() {
  return MakeError(ErrorCode::kInvalidRequest, "this call was forwarded before",
                   "point cluster.controllers at controllers' peer "
                   "listeners, not at brokers");
}

bool OneHop::NeverSent(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable &&
         (absl::StrContains(status.message(), "failed to connect") ||
          absl::StrContains(status.message(), "DNS resolution failed"));
}

bool OneHop::IsForeign(const absl::Status& status) {
  bool has_payload = false;
  status.ForEachPayload(
      [&](absl::string_view, const absl::Cord&) { has_payload = true; });
  return !has_payload;
}

absl::Status OneHop::Explain(const absl::Status& status,
                             const std::string& endpoint, bool write) {
  if (!IsForeign(status)) return status;
  if (NeverSent(status) || !write) {
    return MakeError(ErrorCode::kControllerNotAvailable,
                     absl::StrCat("controller ", endpoint,
                                  " cannot be reached: ", status.message()),
                     "see that a controller runs: barnabas health");
  }
  return MakeError(ErrorCode::kRequestTimedOut,
                   absl::StrCat("the answer of controller ", endpoint,
                                " was lost: ", status.message()),
                   "look whether it took effect before trying again");
}

}  // namespace barnabas::broker
