#include "storage/record/lz4_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using std::string_view_literals::operator""sv;
using support::HasErrorCode;

constexpr std::string_view kText = "Barnabas Barnabas Barnabas\n";

// Made by the lz4 command, with content checksum.
constexpr std::string_view kForeign =
    "\x04\x22\x4d\x18\x64\x40\xa7\x12\x00\x00\x00\x99\x42\x61\x72\x6e\x61\x62"
    "\x61\x73\x20\x09\x00\x50\x61\x62\x61\x73\x0a\x00\x00\x00\x00\x13\xae\x30"
    "\x47"sv;

TEST(Lz4CodecTest, ReadsWhatOthersWrite) {
  std::string output;
  ASSERT_OK(Lz4Decompress(kForeign, 1000, &output));
  EXPECT_EQ(output, kText);
}

// Java's reader refuses frames whose blocks depend on each other.
TEST(Lz4CodecTest, WritesIndependentBlocksOf64KiB) {
  std::string output;
  ASSERT_OK(Lz4Compress(std::nullopt, kText, &output));
  EXPECT_EQ(output.substr(0, 4), "\x04\x22\x4d\x18");
  // Version 1, independent blocks; block size 4.
  EXPECT_EQ(output[4] & 0xe0, 0x60);
  EXPECT_EQ(output[5], 0x40);
}

TEST(Lz4CodecTest, AWrongChecksumIsCorrupt) {
  std::string damaged(kForeign);
  damaged.back() ^= 1;
  std::string output;
  EXPECT_THAT(Lz4Decompress(damaged, 1000, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST(Lz4CodecTest, TrailingGarbageIsCorrupt) {
  std::string output;
  EXPECT_THAT(Lz4Decompress(std::string(kForeign) + "garbage", 1000, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

}  // namespace
}  // namespace barnabas::record
