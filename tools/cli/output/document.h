// Document: what a command found out, in every form that -o can ask for.
//
// What: the reply as a tree (json, yaml, jsonl, template) and as tables
//   (table, wide, name); Format turns one into text.
// Units: none. Empty case: no sections print nothing in table form.
// Thread: plain values.
// Errors: usage errors (exit 2) for unknown columns, filters, placeholders.
// Always true: JSON is the reply message whole; --filter and --sort-by act on
//   its list too when rows and list correspond.
#ifndef BARNABAS_TOOLS_CLI_OUTPUT_DOCUMENT_H_
#define BARNABAS_TOOLS_CLI_OUTPUT_DOCUMENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/cli/output/table.h"
#include "tools/cli/output/tree.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace barnabas::cli {

struct Section {
  // Printed above the table when there are several sections.
  std::string title = {};
  Table table = {};
};

struct Document {
  Tree tree = {};
  // Field of `tree` with the list that jsonl, template and the rows of the
  // first section correspond to; empty: the tree itself is the one item.
  std::string list = {};
  std::vector<Section> sections = {};
};

enum class Form { kTable, kWide, kJson, kJsonl, kYaml, kName, kTemplate };

struct FormOptions {
  Form form = Form::kTable;
  // Of kTemplate: text with {field.inner} placeholders.
  std::string pattern = {};
  ShapeOptions shape = {};
  bool colour = false;
};

absl::StatusOr<std::string> Format(const Document& document,
                                   const FormOptions& options);

// ProtoJSON of a reply, lowerCamelCase, defaults printed.
Tree TreeOf(const google::protobuf::Message& message);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_OUTPUT_DOCUMENT_H_
