#include "storage/log/key_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

namespace barnabas::log {
namespace {

// The secret of the paper's vectors: bytes 00 01 .. 0f.
constexpr HashSecret kSecret{0x0706050403020100, 0x0f0e0d0c0b0a0908};

TEST(KeyHashTest, AgreesWithThePublishedVectors) {
  // SipHash-2-4-128 of no byte, of 00 and of 00 to 0e.
  EXPECT_EQ(HashKey("", kSecret),
            (KeyHash{0xe6a825ba047f81a3, 0x930255c71472f66d}));
  EXPECT_EQ(HashKey(std::string_view("\0", 1), kSecret),
            (KeyHash{0x44af996bd8c187da, 0x45fc229b11597634}));
  std::string fifteen;
  for (char c = 0; c < 15; ++c) fifteen.push_back(c);
  EXPECT_EQ(HashKey(fifteen, kSecret),
            (KeyHash{0x11a8b03399e99354, 0xd9c3cf970fec087e}));
}

TEST(KeyHashTest, LengthCountsAndSoDoesEveryByte) {
  std::set<std::pair<uint64_t, uint64_t>> seen;
  for (size_t size = 0; size < 40; ++size) {
    std::string key(size, '\0');
    for (size_t i = 0; i <= size; ++i) {
      const KeyHash hash = HashKey(key, kSecret);
      EXPECT_TRUE(seen.emplace(hash.low, hash.high).second);
      if (i < size) key[i] = static_cast<char>(i + 1);
    }
  }
}

TEST(KeyHashTest, AnotherSecretIsAnotherHash) {
  EXPECT_FALSE(HashKey("k", kSecret) == HashKey("k", HashSecret{1, 2}));
}

}  // namespace
}  // namespace barnabas::log
