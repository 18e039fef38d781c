#include "tools/cli/output/table.h"

#include <clocale>
#include <numeric>
#include <string>

#include "gtest/gtest.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

Table Example() {
  return {{{"NAME"}, {"SIZE", true}, {"STATE"}, {"ID", false, true}},
          {{"orders", "64MiB", "RUNNING", "b"},
           {"a", "512B", "FENCED", "a"},
           {"events", "1.5KiB", "RUNNING", "c"}}};
}

std::string Shown(const ShapeOptions& options) {
  const Table table = Example();
  const auto kept = KeptRows(table, options);
  EXPECT_TRUE(kept.ok()) << kept.status();
  const auto shaped = Shape(table, *kept, options);
  EXPECT_TRUE(shaped.ok()) << shaped.status();
  return shaped.ok() ? Render(*shaped, !options.no_headers, false) : "";
}

TEST(Table, AlignsColumnsAndLeavesNoBlanksAtTheEnd) {
  EXPECT_EQ(Shown({}),
            "NAME      SIZE  STATE\n"
            "orders   64MiB  RUNNING\n"
            "a         512B  FENCED\n"
            "events  1.5KiB  RUNNING\n");
}

TEST(Table, WideOnlyAppends) {
  EXPECT_EQ(Shown({.wide = true}),
            "NAME      SIZE  STATE    ID\n"
            "orders   64MiB  RUNNING  b\n"
            "a         512B  FENCED   a\n"
            "events  1.5KiB  RUNNING  c\n");
}

TEST(Table, SortsBySizeAndNotByText) {
  EXPECT_EQ(Shown({.no_headers = true, .columns = {"name"}, .sort_by = "size"}),
            "a\nevents\norders\n");
  EXPECT_EQ(
      Shown({.no_headers = true, .columns = {"NAME"}, .sort_by = "-SIZE"}),
      "orders\nevents\na\n");
}

TEST(Table, FiltersRows) {
  const auto names = [](const std::string& filter) {
    return Shown({.no_headers = true, .columns = {"NAME"}, .filter = filter});
  };
  EXPECT_EQ(names("STATE=RUNNING"), "orders\nevents\n");
  EXPECT_EQ(names("state!=RUNNING"), "a\n");
  EXPECT_EQ(names("NAME~^e"), "events\n");
  EXPECT_EQ(names("SIZE>1KiB"), "orders\nevents\n");
  EXPECT_EQ(names("SIZE<1KiB"), "a\n");
}

TEST(Table, RefusesUnknownColumnsAndBadFilters) {
  const Table table = Example();
  for (const ShapeOptions& options :
       std::vector<ShapeOptions>{{.sort_by = "COLOUR"},
                                 {.filter = "COLOUR=red"},
                                 {.filter = "NAME"},
                                 {.filter = "NAME~["}}) {
    EXPECT_EQ(ExitCodeOf(KeptRows(table, options).status()), 2);
  }
  EXPECT_EQ(ExitCodeOf(Shape(table, {0}, {.columns = {"COLOUR"}}).status()), 2);
}

TEST(Table, CountsColumnsOfWideCharacters) {
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) GTEST_SKIP();
  const Table table{
      {{"KEY"}, {"N"}},
      {{"\xe6\x97\xa5\xe6\x9c\xac", "1"}, {"\xc3\xa9t\xc3\xa9", "2"}}};
  EXPECT_EQ(Render(table, true, false),
            "KEY   N\n\xe6\x97\xa5\xe6\x9c\xac  1\n\xc3\xa9t\xc3\xa9   2\n");
}

TEST(Table, ShowsControlBytesInsteadOfObeyingThem) {
  const Table table{{{"KEY"}}, {{"a\nb\033[2J"}, {""}}};
  EXPECT_EQ(Render(table, false, false), "a\\nb\\x1b[2J\n-\n");
}

TEST(Table, PaintsStatesOnlyWhenAsked) {
  const Table table{{{"STATE"}}, {{"RUNNING"}}};
  EXPECT_EQ(Render(table, false, true), "\033[32mRUNNING\033[0m\n");
}

}  // namespace
}  // namespace barnabas::cli
