#include "client/producer/expiry.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::client {

absl::Status ExpiryOf(const absl::Status& refused, bool in_flight,
                      absl::Duration age) {
  const std::string late =
      absl::StrCat("not acknowledged within ", absl::FormatDuration(age));
  // Refused and not under way again: it is known why, and that it was not
  // stored.
  if (!refused.ok() && !in_flight) return WithContext(refused, late);
  return MakeError(
      ErrorCode::kRequestTimedOut,
      refused.ok()
          ? late
          : absl::StrCat(late,
                         "; refused before: ", std::string(refused.message())),
      "see whether the partition has a leader: barnabas topic describe");
}

absl::Status NoLeader(const std::string& topic, int32_t partition) {
  return MakeError(
      ErrorCode::kLeaderNotAvailable,
      absl::StrCat("partition ", partition, " of ", topic, " has no leader"),
      absl::StrCat("see whom it waits for: barnabas topic describe ", topic,
                   " --unavailable"));
}

}  // namespace barnabas::client
