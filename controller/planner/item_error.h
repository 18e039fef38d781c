// Errors of one item of a call that takes several.
//
// What: every message names the item and what was not done; every one has a
//   hint.
// Units: versions are metadata offsets. Empty case: OK stays OK.
// Thread: pure functions. Errors: these make them.
#ifndef BARNABAS_CONTROLLER_PLANNER_ITEM_ERROR_H_
#define BARNABAS_CONTROLLER_PLANNER_ITEM_ERROR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "proto/types/offsets.h"

namespace barnabas::planner {

// `topic "orders" not created: …`, with `hint` unless it has a better one.
absl::Status ItemError(std::string_view kind, std::string_view name,
                       std::string_view not_done, absl::Status status,
                       std::string_view hint);

// VERSION_MISMATCH unless the two are equal.
absl::Status CheckVersion(LogIndex actual, int64_t expected);

// LIMIT_EXCEEDED or INVALID_REQUEST unless a call has 1…max items.
absl::Status CheckItemCount(std::string_view what, int64_t count);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_ITEM_ERROR_H_
