#include "proto/types/uuid.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <unordered_set>

namespace barnabas {
namespace {

TEST(UuidTest, NilIsAllAs) {
  const Uuid nil;
  EXPECT_TRUE(nil.IsNil());
  EXPECT_EQ(nil.ToString(), "AAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_EQ(Uuid::Parse("AAAAAAAAAAAAAAAAAAAAAA"), nil);
}

// As Kafka writes it: base64 with '-' and '_', without padding.
TEST(UuidTest, TextIsUrlSafeBase64) {
  std::array<uint8_t, 16> bytes;
  for (size_t i = 0; i < 16; ++i) bytes[i] = static_cast<uint8_t>(i * 16 + i);
  EXPECT_EQ(Uuid(bytes).ToString(), "ABEiM0RVZneImaq7zN3u_w");
  bytes.fill(0xff);
  EXPECT_EQ(Uuid(bytes).ToString(), "_____________________w");
  bytes.fill(0xfb);
  EXPECT_EQ(Uuid(bytes).ToString(), "-_v7-_v7-_v7-_v7-_v7-w");
}

TEST(UuidTest, EveryIdSurvivesItsText) {
  std::mt19937_64 random(1);
  std::set<std::string> texts;
  for (int i = 0; i < 2000; ++i) {
    std::array<uint8_t, 16> bytes;
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    const Uuid id(bytes);
    EXPECT_EQ(id.ToString().size(), 22u);
    EXPECT_EQ(Uuid::Parse(id.ToString()), id);
    texts.insert(id.ToString());
  }
  EXPECT_EQ(texts.size(), 2000u);
}

TEST(UuidTest, RandomIdsAreVersion4AndNeverLookLikeFlags) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 5000; ++i) {
    const Uuid id = Uuid::FromRandom(random(), random());
    EXPECT_EQ(id.bytes()[6] >> 4, 4);
    EXPECT_EQ(id.bytes()[8] >> 6, 2);
    EXPECT_NE(id.ToString()[0], '-');
    EXPECT_FALSE(id.IsNil());
  }
  // 62 in the first six bits would be '-'.
  EXPECT_NE(Uuid::FromRandom(0xf8ffffffffffffff, 0).ToString()[0], '-');
}

TEST(UuidTest, OtherTextsAreRefused) {
  for (const char* text :
       {"", "A", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAA==",
        "AAAAAAAAAAAAAAAAAAAAA+", "AAAAAAAAAAAAAAAAAAAAA/",
        "AAAAAAAAAA AAAAAAAAAAA", "../AAAAAAAAAAAAAAAAAAA",
        // The last character carries four spare bits; they must be zero.
        "AAAAAAAAAAAAAAAAAAAAAB", "_____________________x"}) {
    EXPECT_EQ(Uuid::Parse(text), std::nullopt) << text;
  }
  EXPECT_EQ(Uuid::Parse(std::string(22, '\0')), std::nullopt);
}

TEST(UuidTest, OrdersAndHashes) {
  std::unordered_set<Uuid> set;
  const Uuid one = Uuid::FromRandom(1, 1);
  const Uuid two = Uuid::FromRandom(2, 1);
  set.insert(one);
  set.insert(one);
  set.insert(two);
  EXPECT_EQ(set.size(), 2u);
  EXPECT_LT(one, two);
  EXPECT_LT(Uuid(), one);
}

}  // namespace
}  // namespace barnabas
