#include "proto/types/status_macros.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace barnabas {
namespace {

absl::StatusOr<int> Half(int number, int* calls) {
  ++*calls;
  if (number % 2 != 0) return absl::InvalidArgumentError("odd");
  return number / 2;
}

absl::StatusOr<int> Quarter(int number, int* calls) {
  ASSIGN_OR_RETURN(const int half, Half(number, calls));
  ASSIGN_OR_RETURN(const int quarter, Half(half, calls));
  return quarter;
}

absl::Status Checked(int number, int* calls) {
  RETURN_IF_ERROR(Half(number, calls).status());
  ++*calls;
  return absl::OkStatus();
}

TEST(StatusMacrosTest, ValuesGoOnAndErrorsReturn) {
  int calls = 0;
  EXPECT_EQ(Quarter(8, &calls).value(), 2);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(Quarter(6, &calls).status().message(), "odd");
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(Quarter(5, &calls).status().message(), "odd");
  EXPECT_EQ(calls, 5);
}

TEST(StatusMacrosTest, ReturnIfErrorEvaluatesOnce) {
  int calls = 0;
  EXPECT_TRUE(Checked(2, &calls).ok());
  EXPECT_EQ(calls, 2);
  EXPECT_FALSE(Checked(1, &calls).ok());
  EXPECT_EQ(calls, 3);
}

absl::StatusOr<std::unique_ptr<std::string>> Made() {
  return std::make_unique<std::string>("moved");
}

absl::StatusOr<std::string> Moved() {
  ASSIGN_OR_RETURN(const std::unique_ptr<std::string> text, Made());
  return *text;
}

TEST(StatusMacrosTest, ValuesThatOnlyMoveAreMoved) {
  EXPECT_EQ(Moved().value(), "moved");
}

}  // namespace
}  // namespace barnabas
