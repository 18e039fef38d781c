#include "storage/log/file_names.h"

#include <gtest/gtest.h>

#include "storage/log/format.h"

namespace barnabas::log {
namespace {

TEST(FileNamesTest, NamesAreTwentyDigitsAndASuffix) {
  EXPECT_EQ(FileName(Offset(42), kLogSuffix), "00000000000000000042.log");
  EXPECT_EQ(FileName(Offset(INT64_MAX), kTimeIndexSuffix),
            "09223372036854775807.timeindex");
  EXPECT_EQ(JoinPath("a/b", "c"), "a/b/c");
}

TEST(FileNamesTest, WhatFileNameMakesIsParsed) {
  for (const int64_t value : {int64_t{0}, int64_t{7}, INT64_MAX}) {
    EXPECT_EQ(ParseFileName(FileName(Offset(value), kLogSuffix), kLogSuffix),
              Offset(value));
  }
}

TEST(FileNamesTest, EverythingElseIsRefused) {
  for (const char* name :
       {"", ".log", "42.log", "0000000000000000004x.log",
        "00000000000000000042.index", "000000000000000000042.log",
        "-0000000000000000042.log", "99999999999999999999.log",
        "00000000000000000042.log.cut"}) {
    EXPECT_EQ(ParseFileName(name, kLogSuffix), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace barnabas::log
