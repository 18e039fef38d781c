// Early return on errors.
//
// RETURN_IF_ERROR(expr) returns the status of `expr` unless it is OK.
// ASSIGN_OR_RETURN(lhs, expr) assigns the value of a StatusOr or returns its
// status. Both evaluate `expr` once. Thread: none. Errors: passed on as is.
#ifndef BARNABAS_PROTO_TYPES_STATUS_MACROS_H_
#define BARNABAS_PROTO_TYPES_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"

#define BARNABAS_CONCAT_INNER(a, b) a##b
#define BARNABAS_CONCAT(a, b) BARNABAS_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expr)                                   \
  do {                                                          \
    if (absl::Status status_here = (expr); !status_here.ok()) { \
      return status_here;                                       \
    }                                                           \
  } while (false)

#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_INNER(BARNABAS_CONCAT(status_or_, __LINE__), lhs, expr)

#define ASSIGN_OR_RETURN_INNER(result, lhs, expr) \
  auto result = (expr);                           \
  if (!result.ok()) return result.status();       \
  lhs = std::move(result).value()

#endif  // BARNABAS_PROTO_TYPES_STATUS_MACROS_H_
