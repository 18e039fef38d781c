#include "tools/cli/output/document.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

std::vector<Tree> ItemsOf(const Document& document) {
  if (document.list.empty()) return {document.tree};
  const Tree* list = document.tree.Find(document.list);
  return list == nullptr ? std::vector<Tree>() : list->items;
}

// The tree with its list filtered and sorted like the first table's rows.
absl::StatusOr<Document> Arranged(Document document,
                                  const ShapeOptions& shape) {
  if (shape.filter.empty() && shape.sort_by.empty()) return document;
  if (document.sections.empty() || document.list.empty()) return document;
  Table& table = document.sections.front().table;
  ASSIGN_OR_RETURN(const std::vector<size_t> kept, KeptRows(table, shape));
  Tree* list = document.tree.Find(document.list);
  const bool parallel =
      list != nullptr && list->items.size() == table.rows.size();
  std::vector<std::vector<std::string>> rows;
  std::vector<Tree> items;
  for (const size_t row : kept) {
    rows.push_back(table.rows[row]);
    if (parallel) items.push_back(list->items[row]);
  }
  table.rows = std::move(rows);
  if (parallel) list->items = std::move(items);
  return document;
}

absl::StatusOr<std::string> Tables(const Document& document,
                                   const FormOptions& options) {
  std::string out;
  ShapeOptions shape = options.shape;
  shape.wide = options.form == Form::kWide;
  for (const Section& section : document.sections) {
    std::vector<size_t> all(section.table.rows.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    ASSIGN_OR_RETURN(const Table table, Shape(section.table, all, shape));
    if (document.sections.size() > 1) {
      if (!out.empty()) out.push_back('\n');
      if (!section.title.empty()) absl::StrAppend(&out, section.title, "\n");
    }
    out.append(Render(table, !shape.no_headers, options.colour));
  }
  return out;
}

absl::StatusOr<std::string> FillIn(const std::string& pattern,
                                   const Tree& item) {
  std::string out;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern.compare(at, 2, "{{") == 0 ||
        pattern.compare(at, 2, "}}") == 0) {
      out.push_back(pattern[at++]);
      continue;
    }
    if (pattern[at] != '{') {
      out.push_back(pattern[at]);
      continue;
    }
    const size_t end = pattern.find('}', at);
    if (end == std::string::npos) {
      return UsageError("the template has a { without its }");
    }
    const std::string path = pattern.substr(at + 1, end - at - 1);
    const Tree* value = &item;
    for (const std::string& key :
         std::vector<std::string>(absl::StrSplit(path, '.'))) {
      const Tree* inner = value->Find(key);
      if (inner == nullptr) {
        return UsageError(absl::StrCat("the template asks for \"", path,
                                       "\", which is not there"),
                          "-o json shows all names");
      }
      value = inner;
    }
    out.append(value->Plain());
    at = end;
  }
  return out;
}

absl::StatusOr<std::string> Template(const Document& document,
                                     const std::string& pattern) {
  ASSIGN_OR_RETURN(const std::string text, Unescape(pattern));
  std::string out;
  for (const Tree& item : ItemsOf(document)) {
    ASSIGN_OR_RETURN(const std::string line, FillIn(text, item));
    out.append(line);
  }
  return out;
}

std::string Names(const Document& document) {
  std::string out;
  if (document.sections.empty()) return out;
  for (const auto& row : document.sections.front().table.rows) {
    if (!row.empty()) absl::StrAppend(&out, row.front(), "\n");
  }
  return out;
}

}  // namespace

absl::StatusOr<std::string> Format(const Document& given,
                                   const FormOptions& options) {
  ASSIGN_OR_RETURN(const Document document, Arranged(given, options.shape));
  switch (options.form) {
    case Form::kTable:
    case Form::kWide:
      return Tables(document, options);
    case Form::kJson:
      return absl::StrCat(ToJson(document.tree, true), "\n");
    case Form::kYaml:
      return ToYaml(document.tree);
    case Form::kName:
      return Names(document);
    case Form::kTemplate:
      return Template(document, options.pattern);
    case Form::kJsonl:
      break;
  }
  std::string out;
  for (const Tree& item : ItemsOf(document)) {
    absl::StrAppend(&out, ToJson(item, false), "\n");
  }
  return out;
}

Tree TreeOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options)
           .ok()) {
    return Tree::Object();
  }
  absl::StatusOr<Tree> tree = ParseJson(json);
  return tree.ok() ? *std::move(tree) : Tree::Object();
}

}  // namespace barnabas::cli
