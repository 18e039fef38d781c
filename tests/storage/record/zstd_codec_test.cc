#include "storage/record/zstd_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using std::string_view_literals::operator""sv;
using support::HasErrorCode;

constexpr std::string_view kText = "Barnabas Barnabas Barnabas\n";

// Made by the zstd command from a pipe: no content size, with checksum.
constexpr std::string_view kForeign =
    "\x28\xb5\x2f\xfd\x04\x58\x85\x00\x00\x50\x42\x61\x72\x6e\x61\x62\x61\x73"
    "\x20\x0a\x01\x00\x9c\xcb\x11\xcc\xd2\x19\x3e"sv;

TEST(ZstdCodecTest, ReadsWhatOthersWrite) {
  std::string output;
  ASSERT_OK(ZstdDecompress(kForeign, 1000, &output));
  EXPECT_EQ(output, kText);
}

TEST(ZstdCodecTest, WritesAPlainFrame) {
  std::string output;
  ASSERT_OK(ZstdCompress(std::nullopt, kText, &output));
  EXPECT_EQ(output.substr(0, 4), "\x28\xb5\x2f\xfd");
}

TEST(ZstdCodecTest, AWrongChecksumIsCorrupt) {
  std::string damaged(kForeign);
  damaged.back() ^= 1;
  std::string output;
  EXPECT_THAT(ZstdDecompress(damaged, 1000, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST(ZstdCodecTest, TrailingGarbageIsCorrupt) {
  std::string output;
  EXPECT_THAT(ZstdDecompress(std::string(kForeign) + "garbage", 1000, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST(ZstdCodecTest, AClaimedSizeIsNotPaidForInAdvance) {
  // A frame header that claims 200 MiB of content, and then ends.
  const std::string_view claim =
      "\x28\xb5\x2f\xfd\xa0\x00\x00\x80\x0c\x01\x00\x00"sv;
  std::string output;
  EXPECT_THAT(ZstdDecompress(claim, int64_t{1} << 30, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_LE(output.capacity(), 2u << 20);
}

}  // namespace
}  // namespace barnabas::record
