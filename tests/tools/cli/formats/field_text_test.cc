#include "tools/cli/formats/field_text.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace barnabas::cli {
namespace {

TEST(FieldText, TellsUtf8FromOtherBytes) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain"));
  EXPECT_TRUE(IsUtf8("Kl\xc3\xa4rchen \xf0\x9f\x8d\x8f"));
  EXPECT_FALSE(IsUtf8("\xff"));
  EXPECT_FALSE(IsUtf8("\xc3"));
  EXPECT_FALSE(IsUtf8("\xc0\x80")) << "overlong";
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80")) << "surrogate";
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80")) << "beyond the last code point";
}

TEST(FieldText, KeepsAnyBytesThroughJson) {
  for (const std::string& bytes :
       std::vector<std::string>{"", "text", std::string("\xff\x00\x01", 3)}) {
    const auto back = BytesOf(BytesTree(bytes));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, bytes);
  }
  const auto absent = BytesOf(BytesTree(std::nullopt));
  ASSERT_TRUE(absent.ok());
  EXPECT_FALSE(absent->has_value());
}

TEST(FieldText, RefusesTextThatIsNotOfItsForm) {
  EXPECT_FALSE(HexBytes("abc").ok());
  EXPECT_FALSE(HexBytes("zz").ok());
  EXPECT_FALSE(Base64Bytes("*").ok());
  EXPECT_FALSE(HeadersOf(std::string_view("a%2")).ok());
  EXPECT_FALSE(BytesOf(Tree::Number(3)).ok());
}

}  // namespace
}  // namespace barnabas::cli
