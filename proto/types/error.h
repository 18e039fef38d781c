// Errors as absl::Status with an ErrorCode payload.
//
// What: makes and reads statuses that carry a code of error_code.h, a hint
//   (what to do next) and, where useful, a typed detail. The payload is a
//   serialised barnabas.v1.Error, so error_proto.h can put it on the wire.
// Empty case: CodeOf(OkStatus()) is kUnspecified.
// Foreign statuses (no payload) read as the code nearest to their absl code.
// Thread: pure functions. Errors: these are the errors.
#ifndef BARNABAS_PROTO_TYPES_ERROR_H_
#define BARNABAS_PROTO_TYPES_ERROR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "proto/types/error_code.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"

namespace barnabas {

// A status for `code`; its absl code is the one in the table. `message` says
// what, where and why; `hint` what to do next ("barnabas topic list").
absl::Status MakeError(ErrorCode code, std::string_view message,
                       std::string_view hint = "");

// The code that `status` carries.
ErrorCode CodeOf(const absl::Status& status);

// The hint that `status` carries; empty if none.
std::string HintOf(const absl::Status& status);

// The same error with a hint.
absl::Status WithHint(absl::Status status, std::string_view hint);

// The same error, its message prefixed with "context: ".
absl::Status WithContext(absl::Status status, std::string_view context);

// Typed details. A status holds one; the last one set stays.
struct LeaderHint {
  BrokerId broker = kNoBroker;
  LeaderEpoch epoch = kNoLeaderEpoch;
  std::string endpoint;
  LogIndex metadata_version;
};
struct SizeDetail {
  int64_t actual_bytes = 0;
  int64_t limit_bytes = 0;
};
struct ConflictDetail {
  int64_t expected_version = 0;
  int64_t actual_version = 0;
};
struct SettingDetail {
  std::string name;
  std::string value;
  std::string nearest;
};

absl::Status WithLeader(absl::Status status, const LeaderHint& hint);
absl::Status WithOffsetRange(absl::Status status, OffsetRange range);
absl::Status WithSize(absl::Status status, SizeDetail size);
absl::Status WithConflict(absl::Status status, ConflictDetail conflict);
absl::Status WithSetting(absl::Status status, const SettingDetail& setting);
absl::Status WithRetryAfter(absl::Status status, int64_t delay_ms);

std::optional<LeaderHint> LeaderOf(const absl::Status& status);
std::optional<OffsetRange> OffsetRangeOf(const absl::Status& status);
std::optional<int64_t> RetryAfterOf(const absl::Status& status);

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_ERROR_H_
