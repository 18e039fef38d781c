// Tree: any reply as named values, in order, ready for JSON and YAML.
//
// What: the tree that `-o json`, `yaml`, `jsonl` and `template` print. 64-bit
//   numbers are texts, as ProtoJSON has them.
// Units: none. Empty case: the default tree is null; an empty list prints [],
//   an empty object {}.
// Thread: a plain value.
// Errors: ParseJson refuses what is not one JSON value (INVALID_REQUEST) and
//   nesting beyond 100.
// Always true: fields keep the order in which they were added.
#ifndef BARNABAS_TOOLS_CLI_OUTPUT_TREE_H_
#define BARNABAS_TOOLS_CLI_OUTPUT_TREE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace barnabas::cli {

struct Tree {
  enum class Kind { kNull, kBool, kNumber, kText, kList, kObject };

  Kind kind = Kind::kNull;
  // Of a bool ("true"), a number (as written) or a text.
  std::string text;
  // Elements of a list, values of an object; keys belong to the latter.
  std::vector<Tree> items;
  std::vector<std::string> keys;

  static Tree Text(std::string_view text);
  static Tree Number(int64_t number);
  static Tree Bool(bool value);
  static Tree List();
  static Tree Object();

  // Adds a field of an object, returns the object.
  Tree& Add(std::string_view key, Tree value);
  // The field, or nullptr.
  const Tree* Find(std::string_view key) const;
  Tree* Find(std::string_view key);
  // A scalar as text; compact JSON of anything else.
  std::string Plain() const;

  bool operator==(const Tree&) const = default;
};

absl::StatusOr<Tree> ParseJson(std::string_view text);
// `pretty`: two spaces a level, no newline at the end.
std::string ToJson(const Tree& tree, bool pretty);
std::string ToYaml(const Tree& tree);
// "a\"b" with quotes.
std::string JsonQuoted(std::string_view text);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_OUTPUT_TREE_H_
