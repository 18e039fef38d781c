#include "storage/record/byte_order.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string_view>

namespace barnabas::record {
namespace {

TEST(ByteOrderTest, TheHighestByteComesFirst) {
  char bytes[9] = {};
  StoreBigEndian<uint64_t>(0x0102030405060708, bytes + 1);
  EXPECT_EQ(std::string_view(bytes + 1, 8), "\1\2\3\4\5\6\7\10");
  EXPECT_EQ(LoadBigEndian<uint32_t>(bytes + 1), 0x01020304u);
  EXPECT_EQ(LoadBigEndian<uint16_t>(bytes + 2), 0x0203u);
  EXPECT_EQ(LoadBigEndian<int8_t>(bytes + 8), 8);
}

TEST(ByteOrderTest, NegativeNumbersComeBack) {
  char bytes[8];
  for (int64_t value : {int64_t{-1}, std::numeric_limits<int64_t>::min()}) {
    StoreBigEndian(value, bytes);
    EXPECT_EQ(LoadBigEndian<int64_t>(bytes), value);
  }
  StoreBigEndian<int16_t>(-2, bytes);
  EXPECT_EQ(LoadBigEndian<int16_t>(bytes), -2);
}

}  // namespace
}  // namespace barnabas::record
