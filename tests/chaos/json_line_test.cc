#include "tests/chaos/json_line.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "tests/support/matchers.h"

namespace barnabas::chaos {
namespace {

TEST(JsonLine, ReadsWhatItWrote) {
  JsonLine line;
  line.Set("n", std::numeric_limits<int64_t>::min())
      .Set("t", "a \"b\" \\c")
      .Set("l", JsonLine::List{1, -2, 3})
      .Set("e", JsonLine::List{})
      .SetTruth("y", true);
  ASSERT_OK_AND_ASSIGN(const JsonLine again, JsonLine::Parse(line.ToString()));
  EXPECT_EQ(again.ToString(), line.ToString());
  EXPECT_EQ(again.Number("n"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(again.Text("t"), "a \"b\" \\c");
  EXPECT_EQ(again.Numbers("l"), (JsonLine::List{1, -2, 3}));
  EXPECT_TRUE(again.Truth("y"));
}

TEST(JsonLine, WhatIsAbsentReadsAsTheFallback) {
  ASSERT_OK_AND_ASSIGN(const JsonLine line, JsonLine::Parse("{}"));
  EXPECT_EQ(line.Number("x", 5), 5);
  EXPECT_EQ(line.Text("x"), "");
  EXPECT_FALSE(line.Truth("x"));
  EXPECT_TRUE(line.Numbers("x").empty());
}

TEST(JsonLine, RefusesWhatIsNotAFlatObject) {
  for (const char* text :
       {"", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":[1}",
        "{\"a\":{}}", "{\"a\":1}x", "{\"a\":\"b}", "{\"a\":1.5}"}) {
    EXPECT_FALSE(JsonLine::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace barnabas::chaos
