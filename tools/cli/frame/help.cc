#include "tools/cli/frame/help.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace barnabas::cli {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kNamesMax = 28;

using Rows = std::vector<std::pair<std::string, std::string>>;

// "  name   text", the text wrapped behind its column.
std::string Aligned(const Rows& rows) {
  size_t width = 0;
  for (const auto& [name, text] : rows) {
    if (name.size() <= kNamesMax) width = std::max(width, name.size());
  }
  std::string out;
  for (const auto& [name, text] : rows) {
    std::string line = absl::StrCat("  ", name);
    if (name.size() > width) {
      absl::StrAppend(&out, line, "\n");
      line.clear();
    }
    line.resize(width + 4, ' ');
    for (absl::string_view word : absl::StrSplit(text, ' ')) {
      if (line.size() + word.size() > kColumns) {
        while (line.back() == ' ') line.pop_back();
        absl::StrAppend(&out, line, "\n");
        line.assign(width + 4, ' ');
      }
      absl::StrAppend(&line, word, " ");
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    absl::StrAppend(&out, line, "\n");
  }
  return out;
}

std::string FlagNames(const Flag& flag) {
  std::string text = absl::StrJoin(absl::StrSplit(flag.names, ','), ", ");
  if (!flag.names.starts_with("--")) {
    // A short name leads.
  } else {
    text = absl::StrCat("    ", text);
  }
  if (!flag.bare.empty()) {
    absl::StrAppend(&text, "[=", flag.value, "]");
  } else if (!flag.value.empty()) {
    absl::StrAppend(&text, " ", flag.value);
  }
  return text;
}

std::string FlagSection(const std::string& title,
                        const std::vector<Flag>& flags) {
  Rows rows;
  for (const Flag& flag : flags) {
    if (!flag.refused.empty()) continue;
    rows.emplace_back(FlagNames(flag), flag.help);
  }
  return rows.empty() ? "" : absl::StrCat("\n", title, ":\n", Aligned(rows));
}

std::string Children(const Command& command) {
  Rows rows;
  Rows later;
  for (const Command& child : command.children) {
    // Not for people.
    if (child.summary.empty()) continue;
    std::string name = child.name;
    if (!child.aliases.empty()) {
      absl::StrAppend(&name, ", ", absl::StrJoin(child.aliases, ", "));
    }
    const bool refused =
        !child.refused.empty() ||
        (!child.children.empty() &&
         std::all_of(child.children.begin(), child.children.end(),
                     [](const Command& c) { return !c.refused.empty(); }));
    (refused ? later : rows).emplace_back(name, child.summary);
  }
  std::string out;
  if (!rows.empty()) absl::StrAppend(&out, "\nCommands:\n", Aligned(rows));
  if (!later.empty()) {
    absl::StrAppend(&out, "\nIn a later release:\n", Aligned(later));
  }
  return out;
}

std::string Usage(const Command& command, const Selection& selected) {
  std::string line = absl::StrCat("Usage: ", PathText(selected));
  if (!command.children.empty()) absl::StrAppend(&line, " COMMAND");
  for (const Argument& argument : command.arguments) {
    absl::StrAppend(&line, " ", argument.min == 0 ? "[" : "", argument.name,
                    argument.max == 1 ? "" : "...",
                    argument.min == 0 ? "]" : "");
  }
  absl::StrAppend(&line, " [flags]\n");
  return line;
}

}  // namespace

std::string HelpText(const Command& root, const std::vector<Flag>& globals,
                     const Selection& selected) {
  const Command& command = *selected.command(root);
  std::string out =
      absl::StrCat(command.summary, "\n\n", Usage(command, selected));
  if (!command.refused.empty()) {
    absl::StrAppend(&out, "\nComes with a later release; ", command.refused,
                    "\n");
    return out;
  }
  Rows arguments;
  for (const Argument& argument : command.arguments) {
    arguments.emplace_back(argument.name, argument.help);
  }
  if (!arguments.empty()) {
    absl::StrAppend(&out, "\nArguments:\n", Aligned(arguments));
  }
  absl::StrAppend(&out, Children(command), FlagSection("Flags", command.flags));
  if (!command.details.empty()) {
    absl::StrAppend(&out, "\n", command.details, "\n");
  }
  if (selected.path.empty()) {
    absl::StrAppend(&out, FlagSection("Flags of every command", globals));
  } else {
    absl::StrAppend(&out, "\nFlags of every command: barnabas --help\n");
  }
  return out;
}

}  // namespace barnabas::cli
