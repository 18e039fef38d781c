#include "storage/log/key_map.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace barnabas::log {
namespace {

KeyHash Key(uint64_t n) { return KeyHash{n * 0x9e3779b97f4a7c15, n}; }

TEST(KeyMapTest, TheLargestOffsetOfAKeyIsFound) {
  KeyMap map(1 << 20);
  EXPECT_EQ(map.Find(Key(1)), std::nullopt);
  EXPECT_TRUE(map.TryPut(Key(1), Offset(5)));
  EXPECT_TRUE(map.TryPut(Key(1), Offset(9)));
  EXPECT_TRUE(map.TryPut(Key(1), Offset(7)));
  EXPECT_EQ(map.Find(Key(1)), Offset(9));
  EXPECT_EQ(map.Find(Key(2)), std::nullopt);
  EXPECT_EQ(map.size(), 1);
}

TEST(KeyMapTest, GrowsToItsBoundAndKeepsAll) {
  KeyMap map(1 << 20);
  uint64_t put = 0;
  while (map.TryPut(Key(put), Offset(static_cast<int64_t>(put)))) ++put;
  // 32,768 slots of 24 bytes fit a MiB; nine tenths are used.
  EXPECT_EQ(put, 29491u);
  EXPECT_EQ(map.bytes(), 32768 * 24);
  for (uint64_t i = 0; i < put; ++i) {
    ASSERT_EQ(map.Find(Key(i)), Offset(static_cast<int64_t>(i)));
  }
  EXPECT_EQ(map.Find(Key(put)), std::nullopt);
  // What is known needs no room.
  EXPECT_TRUE(map.TryPut(Key(3), Offset(1 << 30)));
  EXPECT_EQ(map.Find(Key(3)), Offset(1 << 30));
}

TEST(KeyMapTest, KeysOfOnePlaceAreToldApart) {
  KeyMap map(1 << 12);
  for (uint64_t i = 0; i < 10; ++i) {
    ASSERT_TRUE(map.TryPut(KeyHash{16, i}, Offset(static_cast<int64_t>(i))));
  }
  for (uint64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(map.Find(KeyHash{16, i}), Offset(static_cast<int64_t>(i)));
  }
}

TEST(KeyMapTest, WithoutMemoryThereIsRoomForAFew) {
  KeyMap map(0);
  EXPECT_TRUE(map.TryPut(Key(1), Offset(1)));
  uint64_t put = 1;
  while (map.TryPut(Key(put + 1), Offset(1))) ++put;
  EXPECT_EQ(put, 14u);
}

}  // namespace
}  // namespace barnabas::log
