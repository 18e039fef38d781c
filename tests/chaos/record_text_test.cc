#include "tests/chaos/record_text.h"

#include <gtest/gtest.h>

namespace barnabas::chaos {
namespace {

TEST(RecordText, SaysWhoseItIs) {
  for (int64_t number : {int64_t{0}, int64_t{17}, int64_t{1} << 40}) {
    const auto parsed = ParseRecordText(RecordText(3, number));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->first, 3);
    EXPECT_EQ(parsed->second, number);
  }
}

TEST(RecordText, AnyOtherByteShows) {
  const std::string text = RecordText(1, 2);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] ^= 1;
    EXPECT_FALSE(ParseRecordText(other).has_value()) << i;
  }
  EXPECT_FALSE(ParseRecordText(text + "a").has_value());
  EXPECT_FALSE(ParseRecordText(text.substr(1)).has_value());
  EXPECT_FALSE(ParseRecordText("").has_value());
}

}  // namespace
}  // namespace barnabas::chaos
