// Table: rows under named columns, and how a person sees them.
//
// What: the table that commands fill in; Shape picks, filters and sorts;
//   Render prints it aligned.
// Units: none. Empty case: no rows: only the header is printed.
// Thread: plain values.
// Errors: usage errors (exit 2) for an unknown column or a bad filter.
// Always true: every row has as many cells as there are columns; a column is
//   never taken away or renamed in a minor release, `wide` only appends.
#ifndef BARNABAS_TOOLS_CLI_OUTPUT_TABLE_H_
#define BARNABAS_TOOLS_CLI_OUTPUT_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace barnabas::cli {

struct Column {
  // In capitals, words joined by '-'.
  std::string name = {};
  // Numbers stand to the right.
  bool right = false;
  // Shown by -o wide, --columns and sorting only.
  bool wide = false;
};

struct Table {
  std::vector<Column> columns = {};
  std::vector<std::vector<std::string>> rows = {};
};

struct ShapeOptions {
  bool wide = false;
  bool no_headers = false;
  // Names without regard to case; empty: those of the table.
  std::vector<std::string> columns = {};
  // "-NAME" sorts from the largest down.
  std::string sort_by = {};
  // COLUMN=VALUE, !=, ~ (regular expression), < and > (numbers).
  std::string filter = {};
};

// Which rows are kept, in which order.
absl::StatusOr<std::vector<size_t>> KeptRows(const Table& table,
                                             const ShapeOptions& options);

// Only the rows of `kept`, only the columns that `options` wants.
absl::StatusOr<Table> Shape(const Table& table, const std::vector<size_t>& kept,
                            const ShapeOptions& options);

// Aligned text, each row ended by a newline. Cells of known states are
// coloured when `colour`.
std::string Render(const Table& table, bool headers, bool colour);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_OUTPUT_TABLE_H_
