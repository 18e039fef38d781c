#include "storage/record/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace barnabas::record {
namespace {

// Bit by bit from the polynomial, as slow as it is plain.
uint32_t PlainCrc32c(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
    }
  }
  return ~crc;
}

TEST(Crc32cTest, GivesTheCheckValue) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
}

TEST(Crc32cTest, OfNothingIsZeroAndExtendsNothing) {
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(ExtendCrc32c(0x12345678, ""), 0x12345678u);
}

// RFC 3720, B.4.
TEST(Crc32cTest, GivesTheVectorsOfIscsi) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
}

TEST(Crc32cTest, AgreesWithThePolynomialAtEveryLengthAndAlignment) {
  std::mt19937_64 random(7);
  std::string bytes(700, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  for (size_t begin = 0; begin < 9; ++begin) {
    for (size_t size = 0; size < 600; size += 1 + size / 20) {
      const std::string_view part = std::string_view(bytes).substr(begin, size);
      ASSERT_EQ(Crc32c(part), PlainCrc32c(part)) << begin << " " << size;
    }
  }
}

TEST(Crc32cTest, ExtendingPartsIsTheSumOfTheWhole) {
  std::mt19937_64 random(8);
  std::string bytes(1000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  const std::string_view whole = bytes;
  for (size_t cut = 0; cut <= bytes.size(); cut += 7) {
    ASSERT_EQ(ExtendCrc32c(Crc32c(whole.substr(0, cut)), whole.substr(cut)),
              Crc32c(whole));
  }
}

}  // namespace
}  // namespace barnabas::record
