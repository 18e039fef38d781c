#include "storage/record/gzip_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using std::string_view_literals::operator""sv;
using support::HasErrorCode;

constexpr std::string_view kText = "Barnabas Barnabas Barnabas\n";

// Made by Python's gzip module at level 6.
constexpr std::string_view kForeign =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x73\x4a\x2c\xca\x4b\x4c\x4a\x2c"
    "\x56\x70\x42\x67\x70\x01\x00\x37\x71\x5f\x9f\x1b\x00\x00\x00"sv;

TEST(GzipCodecTest, ReadsWhatOthersWrite) {
  std::string output;
  ASSERT_OK(GzipDecompress(kForeign, 1000, &output));
  EXPECT_EQ(output, kText);
}

TEST(GzipCodecTest, WritesTheMagicOfRfc1952) {
  std::string output;
  ASSERT_OK(GzipCompress(std::nullopt, kText, &output));
  EXPECT_EQ(output.substr(0, 3), "\x1f\x8b\x08");
}

TEST(GzipCodecTest, AWrongChecksumIsCorrupt) {
  std::string damaged(kForeign);
  damaged[damaged.size() - 6] ^= 1;
  std::string output;
  EXPECT_THAT(GzipDecompress(damaged, 1000, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST(GzipCodecTest, TrailingGarbageIsCorrupt) {
  std::string output;
  EXPECT_THAT(GzipDecompress(std::string(kForeign) + "garbage", 1000, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST(GzipCodecTest, ARawZlibStreamIsNotGzip) {
  std::string output;
  EXPECT_THAT(
      GzipDecompress("\x78\x9c\x03\x00\x00\x00\x00\x01"sv, 1000, &output),
      HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST(GzipCodecTest, LevelsMayAlternate) {
  const std::string text(100000, 'x');
  for (int round = 0; round < 3; ++round) {
    for (int level : {1, 9, 1, 0}) {
      std::string packed;
      std::string output;
      ASSERT_OK(GzipCompress(level, text, &packed));
      ASSERT_OK(GzipDecompress(packed, 1 << 20, &output));
      EXPECT_EQ(output, text);
    }
  }
}

}  // namespace
}  // namespace barnabas::record
