#include "storage/log/log_start_file.h"

#include <gtest/gtest.h>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;
using support::IsOkAndHolds;

TEST(LogStartFileTest, WhatIsWrittenIsRead) {
  support::FaultFiles files;
  EXPECT_THAT(ReadLogStart(&files, "."), IsOkAndHolds(std::nullopt));
  ASSERT_OK(WriteLogStart(&files, ".", Offset(17)));
  ASSERT_OK(WriteLogStart(&files, ".", Offset(INT64_MAX)));
  EXPECT_THAT(ReadLogStart(&files, "."), IsOkAndHolds(Offset(INT64_MAX)));
}

TEST(LogStartFileTest, AFlippedBitIsDamage) {
  support::FaultFiles files;
  ASSERT_OK(WriteLogStart(&files, ".", Offset(17)));
  files.FlipBits("log-start", 10, 1);
  EXPECT_THAT(ReadLogStart(&files, "."), HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::log
