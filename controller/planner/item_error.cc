#include "controller/planner/item_error.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/text.h"

namespace barnabas::planner {

absl::Status ItemError(std::string_view kind, std::string_view name,
                       std::string_view not_done, absl::Status status,
                       std::string_view hint) {
  if (status.ok()) return status;
  if (HintOf(status).empty()) status = WithHint(std::move(status), hint);
  return WithContext(std::move(status),
                     absl::StrCat(AsAbsl(kind), " \"", AsAbsl(name), "\" not ",
                                  AsAbsl(not_done)));
}

absl::Status CheckVersion(LogIndex actual, int64_t expected) {
  if (actual.value() == expected) return absl::OkStatus();
  return WithConflict(MakeError(ErrorCode::kVersionMismatch,
                                absl::StrCat("it has version ", actual.value(),
                                             ", not the expected ", expected)),
                      ConflictDetail{expected, actual.value()});
}

absl::Status CheckItemCount(std::string_view what, int64_t count) {
  if (count == 0) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("the call names no ", AsAbsl(what)),
                     "name at least one");
  }
  if (count > kItemsPerCallMax) {
    return MakeError(
        ErrorCode::kLimitExceeded,
        absl::StrCat("the call has ", count, " items (", AsAbsl(what),
                     "), at most ", kItemsPerCallMax),
        "split the call");
  }
  return absl::OkStatus();
}

}  // namespace barnabas::planner
