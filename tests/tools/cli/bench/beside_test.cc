#include "tools/cli/bench/beside.h"

#include <gtest/gtest.h>

namespace barnabas::cli {
namespace {

TEST(BesideTest, ARecordOfABatchTakesLittleMoreThanItsValue) {
  const double bytes = BatchBytesPerRecord({.bytes = 100});
  EXPECT_GT(bytes, 105);
  EXPECT_LT(bytes, 115);
}

TEST(BesideTest, KeysAreCounted) {
  EXPECT_NEAR(BatchBytesPerRecord({.bytes = 100, .key_bytes = 20}),
              BatchBytesPerRecord({.bytes = 100}) + 20, 2);
}

TEST(BesideTest, WhatACodecSavesIsNotSent) {
  EXPECT_LT(BatchBytesPerRecord({.bytes = 100, .codec = record::Codec::kZstd}),
            100);
}

TEST(BesideTest, AMissingDirectoryIsTold) {
  const auto beside = Beside::Start({.directory = "/nowhere/at/all"});
  EXPECT_FALSE(beside.ok());
}

}  // namespace
}  // namespace barnabas::cli
