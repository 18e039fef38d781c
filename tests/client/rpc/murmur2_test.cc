#include "client/rpc/murmur2.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace barnabas::rpc {
namespace {

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(
        static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

TEST(Murmur2Test, KeysGoWhereKafkasClientPutsThem) {
  std::ifstream file("client/testdata/murmur2.tsv");
  ASSERT_TRUE(file.is_open());
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const size_t tab = line.find('\t');
    const std::string key = FromHex(line.substr(0, tab));
    std::istringstream rest(line.substr(tab + 1));
    int32_t hash = 0;
    int32_t of7 = 0;
    int32_t of12 = 0;
    int32_t of1000 = 0;
    ASSERT_TRUE(rest >> hash >> of7 >> of12 >> of1000) << line;
    EXPECT_EQ(Murmur2(key), hash) << line;
    EXPECT_EQ(PartitionOfKey(key, 7), of7) << line;
    EXPECT_EQ(PartitionOfKey(key, 12), of12) << line;
    EXPECT_EQ(PartitionOfKey(key, 1000), of1000) << line;
  }
  EXPECT_GT(lines, 200);
}

TEST(Murmur2Test, OnePartitionTakesAll) {
  EXPECT_EQ(PartitionOfKey("anything", 1), 0);
  EXPECT_EQ(PartitionOfKey("", 1), 0);
}

}  // namespace
}  // namespace barnabas::rpc
