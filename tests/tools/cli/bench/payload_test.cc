#include "tools/cli/bench/payload.h"

#include <gtest/gtest.h>

namespace barnabas::cli {
namespace {

TEST(PayloadTest, WhatWasStampedIsRead) {
  PayloadMaker maker(77, 100);
  const std::string_view payload = maker.Next(12345, 678);
  EXPECT_EQ(payload.size(), 100);
  EXPECT_EQ(ReadStamp(77, payload), (PayloadStamp{77, 12345, 678}));
}

TEST(PayloadTest, AnotherRunIsNotRecognised) {
  PayloadMaker maker(77, 100);
  EXPECT_EQ(ReadStamp(78, maker.Next(1, 1)), std::nullopt);
}

TEST(PayloadTest, AShortPayloadHasNoStamp) {
  PayloadMaker maker(77, kPayloadBytesMin - 1);
  EXPECT_EQ(ReadStamp(77, maker.Next(1, 1)), std::nullopt);
}

}  // namespace
}  // namespace barnabas::cli
