#include "tools/cli/data/record_input.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"

namespace barnabas::cli {
namespace {

std::vector<std::string> Values(InputShape shape, const std::string& text,
                                size_t step) {
  RecordInput input(std::move(shape));
  std::vector<std::string> values;
  const auto take = [&] {
    for (;;) {
      const auto record = input.Next();
      EXPECT_TRUE(record.ok()) << record.status();
      if (!record.ok() || !record->has_value()) return;
      values.push_back((*record)->key.value_or("-") + "|" +
                       (*record)->value.value_or("-"));
    }
  };
  for (size_t at = 0; at < text.size(); at += step) {
    input.Add(text.substr(at, step));
    take();
  }
  input.End();
  take();
  return values;
}

TEST(RecordInput, CutsLinesHoweverTheyArrive) {
  const std::string text = "one\n\nthree\nlast";
  for (size_t step = 1; step <= text.size(); ++step) {
    EXPECT_EQ(Values({}, text, step),
              (std::vector<std::string>{"-|one", "-|", "-|three", "-|last"}));
  }
}

TEST(RecordInput, FindsDelimitersThatAreCutInTwo) {
  const std::string text = "a::1<>b::2<>";
  for (size_t step = 1; step <= text.size(); ++step) {
    EXPECT_EQ(Values({.delimiter = "<>", .key_delimiter = "::"}, text, step),
              (std::vector<std::string>{"a|1", "b|2"}));
  }
}

TEST(RecordInput, SplitsAtTheFirstKeyDelimiter) {
  EXPECT_EQ(Values({.key_delimiter = ":"}, "a:1:2\n", 100),
            std::vector<std::string>{"a|1:2"});
}

TEST(RecordInput, MakesEmptyOnesAbsentWhenAsked) {
  EXPECT_EQ(Values({.key_delimiter = ":", .null_empty = true}, ":\nk:\n", 100),
            (std::vector<std::string>{"-|-", "k|-"}));
}

TEST(RecordInput, NamesTheRecordThatIsWrong) {
  RecordInput input({.key_delimiter = ":"});
  input.Add("a:1\nnokey\n");
  ASSERT_TRUE(input.Next().ok());
  const auto record = input.Next();
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(CodeOf(record.status()), ErrorCode::kInvalidRecord);
  EXPECT_NE(record.status().message().find("record 2 of the input"),
            std::string::npos)
      << record.status();
}

TEST(RecordInput, GivesUpOnARecordWithoutEnd) {
  RecordInput input({});
  input.Add(std::string(kBatchBytesMax + 1, 'x'));
  const auto record = input.Next();
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(CodeOf(record.status()), ErrorCode::kBatchTooLarge);
}

}  // namespace
}  // namespace barnabas::cli
