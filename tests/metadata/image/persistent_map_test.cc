#include "metadata/image/persistent_map.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace barnabas::image {
namespace {

using Map = PersistentMap<int, int>;

std::map<int, int> Contents(const Map& map) {
  std::map<int, int> contents;
  int last = -1;
  map.ForEach([&](const int& key, const int& value) {
    EXPECT_GT(key, last) << "keys come in order";
    last = key;
    contents[key] = value;
  });
  EXPECT_EQ(contents.size(), map.size());
  return contents;
}

TEST(PersistentMap, AnEmptyMapFindsNothing) {
  const Map map;
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.Find(1), nullptr);
  EXPECT_EQ(map.Erase(1).size(), 0u);
}

TEST(PersistentMap, OldVersionsStayAsTheyWere) {
  const Map one = Map().Set(1, 10);
  const Map two = one.Set(2, 20).Set(1, 11);
  const Map three = two.Erase(1);
  EXPECT_EQ(Contents(one), (std::map<int, int>{{1, 10}}));
  EXPECT_EQ(Contents(two), (std::map<int, int>{{1, 11}, {2, 20}}));
  EXPECT_EQ(Contents(three), (std::map<int, int>{{2, 20}}));
}

TEST(PersistentMap, EqualsAnOrdinaryMapAfterRandomSteps) {
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Map map;
    std::map<int, int> model;
    std::vector<std::pair<Map, std::map<int, int>>> kept;
    for (int step = 0; step < 2000; ++step) {
      const int key = static_cast<int>(random() % 300);
      if (random() % 3 == 0) {
        map = map.Erase(key);
        model.erase(key);
      } else {
        map = map.Set(key, step);
        model[key] = step;
      }
      if (step % 500 == 0) kept.emplace_back(map, model);
    }
    EXPECT_EQ(Contents(map), model);
    for (const auto& [old, expected] : kept) {
      EXPECT_EQ(Contents(old), expected);
    }
  }
}

TEST(PersistentMap, AWalkFromAKeyBeginsThereAndStopsWhenTold) {
  Map map;
  for (int key = 0; key < 100; key += 2) map = map.Set(key, key);
  std::vector<int> seen;
  map.ForEachFrom(31, [&](const int& key, const int&) {
    seen.push_back(key);
    return seen.size() < 3;
  });
  EXPECT_EQ(seen, (std::vector<int>{32, 34, 36}));
  seen.clear();
  map.ForEachFrom(98, [&](const int& key, const int&) {
    seen.push_back(key);
    return true;
  });
  EXPECT_EQ(seen, (std::vector<int>{98}));
}

TEST(PersistentMap, TextKeysAreFoundByView) {
  PersistentMap<std::string, int> map;
  map = map.Set("orders", 7);
  ASSERT_NE(map.Find(std::string_view("orders")), nullptr);
  EXPECT_EQ(map.Find(std::string_view("order")), nullptr);
}

}  // namespace
}  // namespace barnabas::image
