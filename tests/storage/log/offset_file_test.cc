#include "storage/log/offset_file.h"

#include <gtest/gtest.h>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;
using support::IsOkAndHolds;

TEST(OffsetFileTest, WhatIsWrittenIsRead) {
  support::FaultFiles files;
  EXPECT_THAT(ReadOffsetFile(&files, ".", "log-start"),
              IsOkAndHolds(std::nullopt));
  ASSERT_OK(WriteOffsetFile(&files, ".", "log-start", Offset(17)));
  ASSERT_OK(WriteOffsetFile(&files, ".", "log-start", Offset(INT64_MAX)));
  EXPECT_THAT(ReadOffsetFile(&files, ".", "log-start"),
              IsOkAndHolds(Offset(INT64_MAX)));
}

TEST(OffsetFileTest, AFlippedBitIsDamage) {
  support::FaultFiles files;
  ASSERT_OK(WriteOffsetFile(&files, ".", "log-start", Offset(17)));
  files.FlipBits("log-start", 10, 1);
  EXPECT_THAT(ReadOffsetFile(&files, ".", "log-start"),
              HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::log
