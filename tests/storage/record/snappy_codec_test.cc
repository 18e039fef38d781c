#include "storage/record/snappy_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using std::string_view_literals::operator""sv;
using support::HasErrorCode;

constexpr std::string_view kText = "Barnabas Barnabas Barnabas\n";

// A raw block by hand: 27 bytes; 9 literal bytes; copies of 17 and 1 bytes
// from 9 back and a literal end.
constexpr std::string_view kRawBlock =
    "\x1b\x20"
    "Barnabas "
    "\x42\x09\x00"
    "\x00\x0a"sv;

TEST(SnappyCodecTest, ReadsARawBlockAsOthersWriteIt) {
  std::string output;
  ASSERT_OK(SnappyDecompress(kRawBlock, 1000, &output));
  EXPECT_EQ(output, kText);
}

TEST(SnappyCodecTest, ReadsAXerialStreamOfSeveralBlocks) {
  const std::string block =
      std::string("\0\0\0\x10", 4) + std::string(kRawBlock);
  ASSERT_EQ(kRawBlock.size(), 16u);
  const std::string stream =
      std::string("\x82SNAPPY\0\0\0\0\1\0\0\0\1", 16) + block + block;
  std::string output;
  ASSERT_OK(SnappyDecompress(stream, 1000, &output));
  EXPECT_EQ(output, std::string(kText) + std::string(kText));
}

TEST(SnappyCodecTest, WritesTheHeaderAndOneBlockForEach32KiB) {
  std::string output;
  ASSERT_OK(SnappyCompress(std::nullopt, std::string(65537, 'x'), &output));
  EXPECT_EQ(output.substr(0, 16), "\x82SNAPPY\0\0\0\0\1\0\0\0\1"sv);
  int blocks = 0;
  for (size_t at = 16; at < output.size(); ++blocks) {
    at += 4 + (static_cast<uint8_t>(output[at + 2]) << 8) +
          static_cast<uint8_t>(output[at + 3]);
  }
  EXPECT_EQ(blocks, 3);
}

TEST(SnappyCodecTest, AClaimedSizeIsNotPaidForInAdvance) {
  // Claims 200 MiB in a block of six bytes.
  const std::string_view claim = "\x80\x80\x80\x64\x00\x41"sv;
  std::string output;
  EXPECT_THAT(SnappyDecompress(claim, int64_t{1} << 30, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_LE(output.capacity(), 1u << 20);
}

TEST(SnappyCodecTest, TheDensestHonestBlockIsBelieved) {
  std::string packed;
  std::string output;
  const std::string zeros(1 << 20, '\0');
  ASSERT_OK(SnappyCompress(std::nullopt, zeros, &packed));
  ASSERT_OK(SnappyDecompress(packed, 1 << 20, &output));
  EXPECT_EQ(output, zeros);
}

}  // namespace
}  // namespace barnabas::record
