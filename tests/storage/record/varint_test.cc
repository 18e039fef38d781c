#include "storage/record/varint.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace barnabas::record {
namespace {

std::string Written(int64_t value) {
  char bytes[kVarint64BytesMax];
  return std::string(bytes, WriteVarint64(value, bytes));
}

TEST(VarintTest, SmallNumbersZigZagIntoOneByte) {
  EXPECT_EQ(Written(0), std::string_view("\0", 1));
  EXPECT_EQ(Written(-1), "\1");
  EXPECT_EQ(Written(1), "\2");
  EXPECT_EQ(Written(63), "\x7e");
  EXPECT_EQ(Written(-64), "\x7f");
  EXPECT_EQ(Written(64), "\x80\1");
}

TEST(VarintTest, EveryWidthComesBackAndItsLengthIsForetold) {
  std::mt19937_64 random(3);
  for (int bits = 0; bits < 64; ++bits) {
    for (int sign : {1, -1}) {
      const int64_t value =
          sign * static_cast<int64_t>((uint64_t{1} << bits) >> 1) -
          static_cast<int64_t>(random() % 2);
      const std::string text = Written(value);
      EXPECT_EQ(VarintBytes64(value), text.size()) << value;
      int64_t read = 0;
      EXPECT_EQ(ReadVarint64(text.data(), text.data() + text.size(), &read),
                text.data() + text.size());
      EXPECT_EQ(read, value);
    }
  }
  for (int64_t edge : {std::numeric_limits<int64_t>::min(),
                       std::numeric_limits<int64_t>::max()}) {
    const std::string text = Written(edge);
    EXPECT_EQ(text.size(), kVarint64BytesMax);
    EXPECT_EQ(VarintBytes64(edge), kVarint64BytesMax);
    int64_t read = 0;
    ASSERT_NE(ReadVarint64(text.data(), text.data() + text.size(), &read),
              nullptr);
    EXPECT_EQ(read, edge);
  }
}

TEST(VarintTest, CutOffNumbersAreRefusedAtEveryLength) {
  const std::string text = Written(std::numeric_limits<int64_t>::min());
  int64_t read = 0;
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(ReadVarint64(text.data(), text.data() + size, &read), nullptr);
  }
}

TEST(VarintTest, NumbersWiderThanTheirTypeAreRefused) {
  int32_t read32 = 0;
  const std::string five = "\xff\xff\xff\xff\x0f";
  ASSERT_NE(ReadVarint32(five.data(), five.data() + 5, &read32), nullptr);
  EXPECT_EQ(read32, std::numeric_limits<int32_t>::min());
  const std::string wide = "\xff\xff\xff\xff\x1f";
  EXPECT_EQ(ReadVarint32(wide.data(), wide.data() + 5, &read32), nullptr);
  const std::string six = "\x80\x80\x80\x80\x80\x01";
  EXPECT_EQ(ReadVarint32(six.data(), six.data() + 6, &read32), nullptr);

  int64_t read64 = 0;
  const std::string eleven = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01";
  EXPECT_EQ(ReadVarint64(eleven.data(), eleven.data() + 11, &read64), nullptr);
  const std::string over = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03";
  EXPECT_EQ(ReadVarint64(over.data(), over.data() + 10, &read64), nullptr);
}

}  // namespace
}  // namespace barnabas::record
