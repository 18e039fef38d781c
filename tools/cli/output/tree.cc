#include "tools/cli/output/tree.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/text.h"

namespace barnabas::cli {
namespace {

void AppendJson(const Tree& tree, bool pretty, int level, std::string* out) {
  const auto line = [&](int depth) {
    if (pretty) {
      out->push_back('\n');
      out->append(static_cast<size_t>(depth) * 2, ' ');
    }
  };
  const bool object = tree.kind == Tree::Kind::kObject;
  switch (tree.kind) {
    case Tree::Kind::kNull:
      out->append("null");
      return;
    case Tree::Kind::kBool:
    case Tree::Kind::kNumber:
      out->append(tree.text);
      return;
    case Tree::Kind::kText:
      out->append(JsonQuoted(tree.text));
      return;
    case Tree::Kind::kList:
    case Tree::Kind::kObject:
      break;
  }
  out->push_back(object ? '{' : '[');
  for (size_t i = 0; i < tree.items.size(); ++i) {
    if (i > 0) out->push_back(',');
    line(level + 1);
    if (object) {
      absl::StrAppend(out, JsonQuoted(tree.keys[i]), pretty ? ": " : ":");
    }
    AppendJson(tree.items[i], pretty, level + 1, out);
  }
  if (!tree.items.empty()) line(level);
  out->push_back(object ? '}' : ']');
}

// Whether YAML reads `text` as that very text without quotes.
bool IsPlainYaml(const std::string& text) {
  if (text.empty() || !(absl::ascii_isalpha(text[0]) || text[0] == '/')) {
    return false;
  }
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && c != '_' && c != '-' && c != '.' &&
        c != '/') {
      return false;
    }
  }
  const std::string lower = absl::AsciiStrToLower(text);
  for (const char* word :
       {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}) {
    if (lower == word) return false;
  }
  return true;
}

bool IsBlock(const Tree& tree) {
  return (tree.kind == Tree::Kind::kList || tree.kind == Tree::Kind::kObject) &&
         !tree.items.empty();
}

// `inline_first`: the first line follows a "- " that is already written.
void AppendYaml(const Tree& tree, int level, bool inline_first,
                std::string* out) {
  const std::string indent(static_cast<size_t>(level) * 2, ' ');
  if (!IsBlock(tree)) {
    if (tree.kind == Tree::Kind::kText) {
      out->append(IsPlainYaml(tree.text) ? tree.text : JsonQuoted(tree.text));
    } else {
      AppendJson(tree, false, 0, out);
    }
    out->push_back('\n');
    return;
  }
  for (size_t i = 0; i < tree.items.size(); ++i) {
    if (i > 0 || !inline_first) out->append(indent);
    const Tree& item = tree.items[i];
    if (tree.kind == Tree::Kind::kList) {
      out->append("- ");
      AppendYaml(item, level + 1, true, out);
      continue;
    }
    const std::string& key = tree.keys[i];
    absl::StrAppend(out, IsPlainYaml(key) ? key : JsonQuoted(key), ":");
    if (IsBlock(item)) {
      out->push_back('\n');
      AppendYaml(item, level + 1, false, out);
    } else {
      out->push_back(' ');
      AppendYaml(item, 0, true, out);
    }
  }
}

}  // namespace

Tree Tree::Text(std::string_view text) {
  Tree tree;
  tree.kind = Kind::kText;
  tree.text = std::string(text);
  return tree;
}

Tree Tree::Number(int64_t number) {
  Tree tree;
  tree.kind = Kind::kNumber;
  tree.text = absl::StrCat(number);
  return tree;
}

Tree Tree::Bool(bool value) {
  Tree tree;
  tree.kind = Kind::kBool;
  tree.text = value ? "true" : "false";
  return tree;
}

Tree Tree::List() {
  Tree tree;
  tree.kind = Kind::kList;
  return tree;
}

Tree Tree::Object() {
  Tree tree;
  tree.kind = Kind::kObject;
  return tree;
}

Tree& Tree::Add(std::string_view key, Tree value) {
  keys.emplace_back(key);
  items.push_back(std::move(value));
  return *this;
}

const Tree* Tree::Find(std::string_view key) const {
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == key) return &items[i];
  }
  return nullptr;
}

Tree* Tree::Find(std::string_view key) {
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == key) return &items[i];
  }
  return nullptr;
}

std::string Tree::Plain() const {
  if (kind == Kind::kText || kind == Kind::kNumber || kind == Kind::kBool) {
    return text;
  }
  return kind == Kind::kNull ? "" : ToJson(*this, false);
}

std::string JsonQuoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (c == '\r') {
      out.append("\\r");
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
  return out;
}

std::string ToJson(const Tree& tree, bool pretty) {
  std::string out;
  AppendJson(tree, pretty, 0, &out);
  return out;
}

std::string ToYaml(const Tree& tree) {
  std::string out;
  AppendYaml(tree, 0, true, &out);
  return out;
}

}  // namespace barnabas::cli
