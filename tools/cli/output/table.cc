#include "tools/cli/output/table.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <regex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/terminal.h"

namespace barnabas::cli {
namespace {

absl::StatusOr<size_t> ColumnOf(const Table& table, const std::string& name) {
  const std::string upper = absl::AsciiStrToUpper(name);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == upper) return i;
  }
  const std::string known = absl::StrJoin(
      table.columns, " ",
      [](std::string* out, const Column& column) { out->append(column.name); });
  return UsageError(absl::StrCat("no column \"", name, "\""),
                    absl::StrCat("columns: ", known));
}

// "12", "-3.5", "64MiB" as numbers.
std::optional<double> NumberOf(const std::string& cell) {
  double number = 0;
  if (absl::SimpleAtod(cell, &number)) return number;
  const absl::StatusOr<int64_t> size = ParseSize(cell);
  if (size.ok()) return static_cast<double>(*size);
  return std::nullopt;
}

bool Less(const std::string& a, const std::string& b) {
  const std::optional<double> left = NumberOf(a);
  const std::optional<double> right = NumberOf(b);
  if (left.has_value() && right.has_value()) return *left < *right;
  if (left.has_value() != right.has_value()) return left.has_value();
  return a < b;
}

struct Filter {
  size_t column = 0;
  // '=', '!', '~', '<' or '>'.
  char sign = '=';
  std::string value;
  std::regex pattern;

  bool Keeps(const std::string& cell) const {
    if (sign == '=') return cell == value;
    if (sign == '!') return cell != value;
    if (sign == '~') return std::regex_search(cell, pattern);
    return sign == '<' ? Less(cell, value) : Less(value, cell);
  }
};

absl::StatusOr<Filter> ParseFilter(const Table& table,
                                   const std::string& text) {
  Filter filter;
  const size_t at = text.find_first_of("=!~<>");
  if (at == std::string::npos || at == 0) {
    return UsageError(absl::StrCat("\"", text, "\" is not a filter"),
                      "COLUMN=VALUE, COLUMN!=VALUE, COLUMN~REGEX, COLUMN>N");
  }
  filter.sign = text[at];
  const bool longer = text[at] == '!' && text.substr(at, 2) == "!=";
  filter.value = text.substr(at + (longer ? 2 : 1));
  ASSIGN_OR_RETURN(filter.column, ColumnOf(table, text.substr(0, at)));
  if (filter.sign == '~') {
    try {
      filter.pattern = std::regex(filter.value);
    } catch (const std::regex_error& error) {
      return UsageError(
          absl::StrCat("\"", filter.value,
                       "\" is not a regular expression: ", error.what()));
    }
  }
  return filter;
}

Colour ColourOf(const std::string& cell) {
  if (cell == "OK" || cell == "RUNNING" || cell == "SERVING") {
    return Colour::kGreen;
  }
  if (cell == "FAILED" || cell == "DEAD" || cell == "NOT_SERVING") {
    return Colour::kRed;
  }
  if (cell == "FENCED" || cell == "DRAINING" || cell == "STOPPING" ||
      cell == "PAUSED" || cell == "STARTING") {
    return Colour::kYellow;
  }
  return Colour::kNone;
}

void AppendCell(const std::string& text, int width, bool right, bool last,
                Colour colour, bool painted, std::string* out) {
  const int fill = std::max(0, width - DisplayWidth(text));
  if (right) out->append(static_cast<size_t>(fill), ' ');
  out->append(Painted(text, colour, painted));
  if (!right && !last) out->append(static_cast<size_t>(fill), ' ');
  if (!last) out->append("  ");
}

}  // namespace

absl::StatusOr<std::vector<size_t>> KeptRows(const Table& table,
                                             const ShapeOptions& options) {
  std::vector<size_t> kept(table.rows.size());
  std::iota(kept.begin(), kept.end(), 0);
  if (!options.filter.empty()) {
    ASSIGN_OR_RETURN(const Filter filter, ParseFilter(table, options.filter));
    std::erase_if(kept, [&](size_t row) {
      return !filter.Keeps(table.rows[row][filter.column]);
    });
  }
  if (!options.sort_by.empty()) {
    const bool down = options.sort_by[0] == '-';
    ASSIGN_OR_RETURN(
        const size_t column,
        ColumnOf(table, down ? options.sort_by.substr(1) : options.sort_by));
    std::stable_sort(kept.begin(), kept.end(), [&](size_t a, size_t b) {
      if (down) std::swap(a, b);
      return Less(table.rows[a][column], table.rows[b][column]);
    });
  }
  return kept;
}

absl::StatusOr<Table> Shape(const Table& table, const std::vector<size_t>& kept,
                            const ShapeOptions& options) {
  std::vector<size_t> columns;
  for (const std::string& name : options.columns) {
    ASSIGN_OR_RETURN(const size_t column, ColumnOf(table, name));
    columns.push_back(column);
  }
  if (options.columns.empty()) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      if (options.wide || !table.columns[i].wide) columns.push_back(i);
    }
  }
  Table shaped;
  for (const size_t column : columns) {
    shaped.columns.push_back(table.columns[column]);
  }
  for (const size_t row : kept) {
    shaped.rows.emplace_back();
    for (const size_t column : columns) {
      shaped.rows.back().push_back(table.rows[row][column]);
    }
  }
  return shaped;
}

std::string Render(const Table& table, bool headers, bool colour) {
  std::vector<int> widths;
  std::vector<std::string> names;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    names.push_back(table.columns[i].name);
    int width = headers ? DisplayWidth(names.back()) : 0;
    for (const auto& row : table.rows) {
      width = std::max(width, DisplayWidth(Visible(row[i])));
    }
    widths.push_back(width);
  }
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells, bool header) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string text = cells[i].empty() ? "-" : Visible(cells[i]);
      AppendCell(text, widths[i], table.columns[i].right, i + 1 == cells.size(),
                 header ? Colour::kBold : ColourOf(text), colour, &out);
    }
    out.push_back('\n');
  };
  if (headers) line(names, true);
  for (const auto& row : table.rows) line(row, false);
  return out;
}

}  // namespace barnabas::cli
