#include "client/rpc/slice_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace barnabas::rpc {
namespace {

using std::string_literals::operator""s;

// `text` in slices of `size` bytes, with empty ones between.
std::vector<std::string_view> Cut(std::string_view text, size_t size) {
  std::vector<std::string_view> slices = {{}};
  for (size_t at = 0; at < text.size(); at += size) {
    slices.push_back(text.substr(at, size));
    slices.push_back({});
  }
  return slices;
}

TEST(SliceCursorTest, NothingIsAtItsEndAtOnce) {
  WireField field;
  SliceCursor none({});
  EXPECT_TRUE(none.AtEnd());
  EXPECT_FALSE(none.ReadField(&field));
  const std::vector<std::string_view> empties(3);
  EXPECT_TRUE(SliceCursor(empties).AtEnd());
}

TEST(SliceCursorTest, FindsFieldsHoweverTheSlicesFall) {
  // Field 1 varint 300; field 2 bytes "hello"; field 3 fixed32; 4 fixed64.
  const std::string text =
      "\x08\xac\x02\x12\x05hello\x1d\x01\x02\x03\x04\x21"s + "12345678";
  for (size_t size = 1; size <= text.size(); ++size) {
    const auto slices = Cut(text, size);
    SliceCursor cursor(slices);
    std::vector<std::pair<uint32_t, size_t>> found;
    std::string hello;
    while (!cursor.AtEnd()) {
      WireField field;
      ASSERT_TRUE(cursor.ReadField(&field));
      found.emplace_back(field.number, field.value_bytes);
      SliceCursor value = cursor.Split(field.value_bytes);
      if (field.number == 2) value.Append(value.left(), &hello);
    }
    EXPECT_EQ(found, (std::vector<std::pair<uint32_t, size_t>>{
                         {1, 2}, {2, 5}, {3, 4}, {4, 8}}));
    EXPECT_EQ(hello, "hello");
  }
}

TEST(SliceCursorTest, TakenPiecesLieInTheSlices) {
  const std::string text = "abcdefgh";
  const auto slices = Cut(text, 3);
  SliceCursor cursor(slices);
  cursor.Split(1);
  Pieces pieces;
  cursor.Take(6, &pieces);
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0], "bc");
  EXPECT_EQ(pieces[0].data(), text.data() + 1);
  EXPECT_EQ(pieces[1], "def");
  EXPECT_EQ(pieces[2], "g");
  EXPECT_EQ(cursor.left(), 1u);
}

TEST(SliceCursorTest, PeekCopiesAndStays) {
  const auto slices = Cut("abcdefgh", 3);
  SliceCursor cursor(slices);
  cursor.Split(1);
  char bytes[8];
  EXPECT_EQ(cursor.Peek(4, bytes), 4u);
  EXPECT_EQ(std::string_view(bytes, 4), "bcde");
  EXPECT_EQ(cursor.Peek(8, bytes), 7u);
  EXPECT_EQ(std::string_view(bytes, 7), "bcdefgh");
  EXPECT_EQ(cursor.left(), 7u);
}

TEST(SliceCursorTest, RefusesWhatIsNoPlainField) {
  const std::string bad[] = {
      "\x07\x01",                  // wire type 7
      "\x0b",                      // group
      "\x00\x00"s,                 // field 0
      "\x0a\x05xyz",               // longer than what is there
      "\x0a\xff\xff\xff\xff\x0f",  // length beyond 2^31
      "\x08\xff\xff",              // varint that does not end
      "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  // 11 bytes
      "\x88\x80\x80\x80\x80\x00"s,                         // tag of six bytes
      "\x0d\x01\x02",                                      // short fixed32
  };
  for (const std::string& text : bad) {
    for (size_t size = 1; size <= text.size(); ++size) {
      const auto slices = Cut(text, size);
      SliceCursor cursor(slices);
      WireField field;
      EXPECT_FALSE(cursor.ReadField(&field)) << text.size() << " " << size;
    }
  }
}

TEST(SliceCursorTest, ATakeBeyondTheEndStopsAtTheEnd) {
  const std::string text = "abc";
  const auto slices = Cut(text, 2);
  SliceCursor cursor(slices);
  std::string all;
  cursor.Append(100, &all);
  EXPECT_EQ(all, "abc");
  EXPECT_TRUE(cursor.AtEnd());
}

}  // namespace
}  // namespace barnabas::rpc
