#include "tools/cli/formats/record_format.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "proto/types/error.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

RecordFormat Compiled(std::string_view pattern) {
  absl::StatusOr<RecordFormat> format = RecordFormat::Compile(pattern);
  EXPECT_TRUE(format.ok()) << pattern << ": " << format.status();
  return format.ok() ? *format : RecordFormat();
}

std::string Printed(std::string_view pattern, const FormatRecord& record) {
  std::string out;
  Compiled(pattern).Print(record, &out);
  return out;
}

FormatRecord Example() {
  FormatRecord record;
  record.topic = "orders";
  record.partition = 4;
  record.offset = 17;
  record.timestamp_ms = 1714564800123;
  record.leader_epoch = 2;
  record.producer_id = 1000;
  record.key = "alice";
  record.value = "2 apples";
  record.headers = {{"trace", "a,b=c"}, {"gone", std::nullopt}};
  return record;
}

TEST(RecordFormat, PrintsEveryField) {
  EXPECT_EQ(Printed("%t %p %o %k %v %s %d %T %K %V %S %e %x %%", Example()),
            "orders 4 17 alice 2 apples 2 apples 1714564800123 1714564800123 "
            "5 8 8 2 1000 %");
}

TEST(RecordFormat, PrintsHeadersWithTheirSeparatorsEscaped) {
  EXPECT_EQ(Printed("%h", Example()), "trace=a%2cb%3dc,gone");
  EXPECT_EQ(
      Printed("%h{json}", Example()),
      R"([{"name":"trace","value":"a,b=c"},{"name":"gone","value":null}])");
}

TEST(RecordFormat, KnowsModifiersOfBytesAndTimes) {
  EXPECT_EQ(Printed("%k{hex}", Example()), "616c696365");
  EXPECT_EQ(Printed("%v{base64}", Example()), "MiBhcHBsZXM=");
  EXPECT_EQ(Printed("%k{json}", Example()), "\"alice\"");
  EXPECT_EQ(Printed("%d{strftime[%F %T]}", Example()), "2024-05-01 12:00:00");
}

TEST(RecordFormat, KnowsEscapes) {
  EXPECT_EQ(Printed(R"(a\tb\n\x41\\)", Example()), "a\tb\nA\\");
}

TEST(RecordFormat, PrintsAbsentKeysAsNullOnlyInJsonOrWhenAsked) {
  FormatRecord record = Example();
  record.key.reset();
  EXPECT_EQ(Printed("[%k]", record), "[]");
  EXPECT_EQ(Printed("%k{json}", record), "null");
  EXPECT_EQ(Printed("%K", record), "-1");
  RecordFormat format = Compiled("[%k]");
  format.SetNullText("NULL");
  std::string out;
  format.Print(record, &out);
  EXPECT_EQ(out, "[NULL]");
}

TEST(RecordFormat, RefusesWhatItDoesNotKnow) {
  for (const char* pattern : {"", "%q", "%", "%k{rot13}", "%k{hex", "%d{hex}",
                              "%p{json}", "\\q", "\\x4"}) {
    const absl::StatusOr<RecordFormat> format = RecordFormat::Compile(pattern);
    ASSERT_FALSE(format.ok()) << pattern;
    EXPECT_EQ(ExitCodeOf(format.status()), 2) << pattern;
  }
}

TEST(RecordFormat, RefusesToReadFieldsThatTouch) {
  RecordFormat format = Compiled("%k%v");
  EXPECT_FALSE(format.PrepareForParsing("\n").ok());
  RecordFormat with_lengths = Compiled("%K %V %k%v");
  EXPECT_TRUE(with_lengths.PrepareForParsing("\n").ok());
}

// All records that `text` holds, read in pieces of `step` bytes.
std::vector<FormatRecord> ReadAll(RecordFormat format, const std::string& text,
                                  size_t step) {
  EXPECT_TRUE(format.PrepareForParsing("\n").ok());
  std::vector<FormatRecord> records;
  std::string buffer;
  for (size_t at = 0; at <= text.size(); at += step) {
    const bool at_end = at + step > text.size();
    buffer += text.substr(at, step);
    while (!buffer.empty()) {
      std::string_view rest = buffer;
      const auto record = format.Parse(&rest, at_end);
      if (!record.ok()) {
        ADD_FAILURE() << record.status();
        return records;
      }
      if (!record->has_value()) break;
      records.push_back(**record);
      buffer.erase(0, buffer.size() - rest.size());
    }
  }
  EXPECT_EQ(buffer, "");
  return records;
}

TEST(RecordFormat, ReadsRecordsHoweverTheInputIsCut) {
  const std::string text = "1\ta\tx y\n2\tb\t\n3\tc\tlast";
  for (size_t step = 1; step < text.size() + 2; ++step) {
    const auto records = ReadAll(Compiled(R"(%d\t%k\t%v\n)"), text, step);
    ASSERT_EQ(records.size(), 3u) << step;
    EXPECT_EQ(records[0].timestamp_ms, 1);
    EXPECT_EQ(records[1].key, "b");
    EXPECT_EQ(records[1].value, "");
    EXPECT_EQ(records[2].value, "last");
  }
}

TEST(RecordFormat, ReportsInputThatDoesNotFollow) {
  RecordFormat format = Compiled("%p:%v\\n");
  ASSERT_TRUE(format.PrepareForParsing("\n").ok());
  for (const std::string text : {"x:v\n", "07:v\n", "3", "no colon\n"}) {
    std::string_view rest = text;
    const auto record = format.Parse(&rest, true);
    ASSERT_FALSE(record.ok()) << text;
    EXPECT_EQ(CodeOf(record.status()), ErrorCode::kInvalidRecord);
    EXPECT_EQ(rest, text) << "nothing is taken off when reading fails";
  }
}

std::string RandomBytes(std::mt19937_64& random, size_t size_max,
                        bool any_byte) {
  std::string bytes(random() % (size_max + 1), '\0');
  for (char& c : bytes) {
    c = any_byte ? static_cast<char>(random() % 256)
                 : static_cast<char>('a' + random() % 26);
  }
  return bytes;
}

FormatRecord RandomRecord(std::mt19937_64& random, bool any_byte) {
  FormatRecord record;
  record.topic = "t" + RandomBytes(random, 8, false);
  record.partition = static_cast<int32_t>(random() % 1000);
  record.offset = static_cast<int64_t>(random() % 1'000'000'000'000);
  record.timestamp_ms = static_cast<int64_t>(random() % 4'000'000'000'000);
  record.key = RandomBytes(random, 20, any_byte);
  record.value = RandomBytes(random, 60, any_byte);
  for (uint64_t i = random() % 4; i > 0; --i) {
    std::optional<std::string> value;
    if (random() % 4 != 0) value = RandomBytes(random, 10, any_byte);
    record.headers.emplace_back("n" + RandomBytes(random, 5, any_byte), value);
  }
  return record;
}

// print(parse(text)) == text for texts that print wrote.
TEST(RecordFormat, PrintsBackWhatItRead) {
  struct Case {
    const char* pattern;
    bool any_byte;
  };
  const Case cases[] = {
      {R"(%t %p %o %d %k=%v;%h\n)", false},
      {R"(%K %V %k%v|)", true},
      {R"(%k{hex} %v{base64} %h\n)", true},
      {R"(%k{json}\t%v{json}\n)", false},
      {R"(%d{strftime[%Y-%m-%dT%H:%M:%E3S]} %k\n)", false},
      {R"(%V:%v\x00%p\n)", true},
      {R"(%T\t%k\t%v\n)", false},
  };
  constexpr uint64_t kSeed = 20240501;
  std::mt19937_64 random(kSeed);
  for (const Case& one : cases) {
    const RecordFormat format = Compiled(one.pattern);
    for (int round = 0; round < 300; ++round) {
      std::string text;
      const int count = 1 + static_cast<int>(random() % 4);
      for (int i = 0; i < count; ++i) {
        format.Print(RandomRecord(random, one.any_byte), &text);
      }
      std::string again;
      const auto records = ReadAll(format, text, 1 + random() % 40);
      for (const FormatRecord& record : records) format.Print(record, &again);
      ASSERT_EQ(again, text) << one.pattern << " seed " << kSeed;
    }
  }
}

}  // namespace
}  // namespace barnabas::cli
