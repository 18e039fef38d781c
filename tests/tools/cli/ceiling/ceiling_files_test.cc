#include "tools/cli/ceiling/ceiling_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "proto/types/error.h"
#include "storage/env/posix_file.h"

namespace barnabas::cli {
namespace {

class CeilingFilesTest : public testing::Test {
 protected:
  CeilingFilesTest()
      : directory_(std::string(std::getenv("TEST_TMPDIR")) + "/files") {
    EXPECT_TRUE(files_.CreateDirectory(directory_).ok());
  }

  size_t Present() { return files_.List(directory_)->size(); }

  env::PosixFileSystem files_;
  const std::string directory_;
};

TEST_F(CeilingFilesTest, MessagesTakeTurnsAndNothingIsLeft) {
  {
    const auto three = CeilingFiles::Open(&files_, directory_, 3);
    ASSERT_TRUE(three.ok()) << three.status();
    EXPECT_EQ(Present(), 3);
    EXPECT_EQ((*three)->at(0), (*three)->at(3));
    EXPECT_NE((*three)->at(0), (*three)->at(1));
  }
  EXPECT_EQ(Present(), 0);
}

TEST_F(CeilingFilesTest, CountsOutOfRangeAreRefused) {
  for (const int64_t count : {int64_t{0}, CeilingFiles::kFilesMax + 1}) {
    const auto files = CeilingFiles::Open(&files_, directory_, count);
    EXPECT_EQ(CodeOf(files.status()), ErrorCode::kInvalidRequest) << count;
  }
  EXPECT_EQ(Present(), 0);
}

TEST_F(CeilingFilesTest, WhatCannotBeMadeIsTold) {
  const auto files = CeilingFiles::Open(&files_, directory_ + "/missing", 1);
  EXPECT_FALSE(files.ok());
}

}  // namespace
}  // namespace barnabas::cli
