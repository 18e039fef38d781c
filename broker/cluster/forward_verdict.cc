#include "broker/cluster/forward_verdict.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

constexpr absl::Duration kPauseFirst = absl::Milliseconds(20);
constexpr absl::Duration kPauseMax = absl::Milliseconds(200);
// What a leader commits before anything else: one entry that moves nothing, and
// the record that it leads.
constexpr int64_t kLeaderEntries = 2;

// gRPC's own words for "nothing was sent"; the only sign it gives.
bool NeverSent(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable &&
         (absl::StrContains(status.message(), "failed to connect") ||
          absl::StrContains(status.message(), "DNS resolution failed"));
}

// A status that gRPC made rather than the controller.
bool IsForeign(const absl::Status& status) {
  bool has_payload = false;
  status.ForEachPayload(
      [&](absl::string_view, const absl::Cord&) { has_payload = true; });
  return !has_payload;
}

}  // namespace

ForwardVerdict JudgeFailure(const absl::Status& status) {
  if (NeverSent(status)) return ForwardVerdict::kAskAnother;
  if (IsForeign(status)) {
    return status.code() == absl::StatusCode::kUnavailable ||
                   status.code() == absl::StatusCode::kCancelled
               ? ForwardVerdict::kLost
               : ForwardVerdict::kFinal;
  }
  switch (CodeOf(status)) {
    case ErrorCode::kNotController:
    case ErrorCode::kControllerNotAvailable:
      return ForwardVerdict::kAskAnother;
    case ErrorCode::kRequestTimedOut:
      return ForwardVerdict::kLost;
    default:
      return ForwardVerdict::kFinal;
  }
}

absl::Status ExplainFailure(const absl::Status& status,
                            const std::string& endpoint, bool write) {
  if (!IsForeign(status)) return status;
  if (NeverSent(status) || !write) {
    return MakeError(ErrorCode::kControllerNotAvailable,
                     absl::StrCat("controller ", endpoint,
                                  " cannot be reached: ", status.message()),
                     "see that a controller runs: barnabas health");
  }
  const bool replaced = status.code() == absl::StatusCode::kCancelled;
  return MakeError(ErrorCode::kRequestTimedOut,
                   replaced
                       ? absl::StrCat("controller ", endpoint,
                                      " was replaced before it answered")
                       : absl::StrCat("the answer of controller ", endpoint,
                                      " was lost: ", status.message()),
                   "look whether it took effect before trying again");
}

absl::Duration PauseBefore(int attempt) {
  return std::min(kPauseMax, kPauseFirst * (1 << std::clamp(attempt, 0, 8)));
}

LostWrite OutcomeOf(LogIndex version, Term term,
                    const image::ClusterImage& now) {
  const int64_t entries = Distance(version, now.version());
  if (entries > kLeaderEntries) return LostWrite::kMayHaveHad;
  return now.term() > term && entries == kLeaderEntries
             ? LostWrite::kHadNoEffect
             : LostWrite::kNotKnownYet;
}

}  // namespace barnabas::broker
