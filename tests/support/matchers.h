// Matchers and macros for absl::Status and StatusOr.
//
// What: EXPECT_OK(expr), ASSERT_OK(expr), ASSERT_OK_AND_ASSIGN(lhs, expr);
//   matchers IsOk(), HasErrorCode(code), IsOkAndHolds(matcher) for both types.
// Empty case: none. Thread: that of the test.
// Errors: a failed expectation prints the whole status.
#ifndef BARNABAS_TESTS_SUPPORT_MATCHERS_H_
#define BARNABAS_TESTS_SUPPORT_MATCHERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/error.h"

namespace barnabas::support {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P(HasErrorCode, code,
          (negation ? "has not error code " : "has error code ") +
              std::string(NameOf(code))) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << "which is " << NameOf(CodeOf(status)) << ": "
                   << status.ToString();
  return CodeOf(status) == code;
}

MATCHER_P(IsOkAndHolds, inner, "is OK and its value matches") {
  if (!arg.ok()) {
    *result_listener << StatusOf(arg).ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(inner, *arg, result_listener);
}

}  // namespace barnabas::support

#define EXPECT_OK(expr) EXPECT_THAT((expr), ::barnabas::support::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT((expr), ::barnabas::support::IsOk())

#define ASSERT_OK_AND_ASSIGN(lhs, expr)                                       \
  ASSERT_OK_AND_ASSIGN_INNER(BARNABAS_TEST_CONCAT(result_of_line_, __LINE__), \
                             lhs, expr)
#define ASSERT_OK_AND_ASSIGN_INNER(result, lhs, expr) \
  auto result = (expr);                               \
  ASSERT_OK(result);                                  \
  lhs = std::move(result).value()
#define BARNABAS_TEST_CONCAT(a, b) BARNABAS_TEST_CONCAT_INNER(a, b)
#define BARNABAS_TEST_CONCAT_INNER(a, b) a##b

#endif  // BARNABAS_TESTS_SUPPORT_MATCHERS_H_
