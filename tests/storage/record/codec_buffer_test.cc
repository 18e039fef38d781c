#include "storage/record/codec_buffer.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

TEST(InflateBufferTest, GrowsToTheBoundAndNoFurther) {
  std::string output = "old";
  InflateBuffer buffer(&output, 10, 10000);
  size_t total = 0;
  do {
    total += buffer.free_bytes();
    buffer.Use(buffer.free_bytes());
    EXPECT_LE(total, 10000u);
  } while (buffer.Grow());
  EXPECT_EQ(total, 10000u);
  buffer.Finish();
  EXPECT_EQ(output.size(), 10000u);
}

TEST(InflateBufferTest, AGuessBeyondTheBoundIsCut) {
  std::string output;
  InflateBuffer buffer(&output, 1 << 30, 100);
  EXPECT_EQ(buffer.free_bytes(), 100u);
  EXPECT_FALSE(buffer.Grow());
}

TEST(InflateBufferTest, KeepsOnlyWhatWasUsed) {
  std::string output;
  InflateBuffer buffer(&output, 100, 1000);
  buffer.free()[0] = 'a';
  buffer.free()[1] = 'b';
  buffer.Use(2);
  buffer.Finish();
  EXPECT_EQ(output, "ab");
}

TEST(InflateBufferTest, ABoundOfNothingGivesNothing) {
  for (int64_t bound : {0, -1}) {
    std::string output = "old";
    InflateBuffer buffer(&output, 100, bound);
    EXPECT_EQ(buffer.free_bytes(), 0u);
    EXPECT_FALSE(buffer.Grow());
    buffer.Finish();
    EXPECT_EQ(output, "");
  }
}

TEST(CodecErrorTest, BothAreCorruptRecords) {
  EXPECT_THAT(BombError("lz4", 5),
              support::HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_THAT(NotOfCodecError("lz4", "why"),
              support::HasErrorCode(ErrorCode::kCorruptRecord));
}

}  // namespace
}  // namespace barnabas::record
