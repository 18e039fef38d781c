#include "tools/cli/frame/parser.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/nearest.h"

namespace barnabas::cli {
namespace {

// What the option library calls "as many as there are".
constexpr int kAny = CLI::detail::expected_max_vector_size;

// Results are read from the option when all words are.
const CLI::callback_t& Keep() {
  static const CLI::callback_t keep = [](const CLI::results_t&) {
    return true;
  };
  return keep;
}

// One application of the option library per command.
struct Node {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  std::vector<std::pair<const Flag*, CLI::Option*>> flags;
  CLI::Option* help = nullptr;
};

using Nodes = std::map<const CLI::App*, Node>;

// "--dry-run{server}" for a flag whose value may be left out.
std::string LibraryNames(const Flag& flag) {
  std::vector<std::string> names;
  for (const std::string& name : NamesOf(flag)) {
    names.push_back(
        flag.bare.empty() ? name : absl::StrCat(name, "{", flag.bare, "}"));
  }
  std::string joined;
  for (const std::string& name : names) {
    absl::StrAppend(&joined, joined.empty() ? "" : ",", name);
  }
  return joined;
}

void AddFlag(const Flag& flag, Node* node) {
  CLI::Option* option = nullptr;
  if (flag.value.empty() || !flag.bare.empty()) {
    option = node->app->add_flag(LibraryNames(flag));
  } else {
    option = node->app->add_option(LibraryNames(flag), Keep());
    option->type_size(1)->expected(1, kAny)->allow_extra_args(false);
  }
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  node->flags.emplace_back(&flag, option);
}

// Whether a command may be meant: most are not, and need not be built.
bool IsNamed(const Command& command, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return word == command.name ||
           std::count(command.aliases.begin(), command.aliases.end(), word) > 0;
  });
}

void Build(const Command& command, const std::vector<Flag>* globals,
           const std::vector<std::string>& words, CLI::App* app, Nodes* nodes) {
  Node& node = (*nodes)[app];
  node.command = &command;
  node.app = app;
  app->set_help_flag();
  app->allow_extras();
  app->allow_windows_style_options(false);
  app->fallthrough();
  for (const std::string& alias : command.aliases) app->alias(alias);
  if (!command.refused.empty()) {
    app->prefix_command();
    return;
  }
  node.help = app->add_flag("-h,--help");
  for (const Flag& flag : command.flags) AddFlag(flag, &node);
  if (globals != nullptr) {
    for (const Flag& flag : *globals) AddFlag(flag, &node);
  }
  if (!command.children.empty()) {
    app->require_subcommand(0, 1);
    for (const Command& child : command.children) {
      if (!IsNamed(child, words)) continue;
      Build(child, nullptr, words, app->add_subcommand(child.name), nodes);
    }
  }
}

absl::Status CallSetters(const Node& node) {
  for (const auto& [flag, option] : node.flags) {
    for (const std::string& value : option->results()) {
      if (!flag->refused.empty()) {
        return Unsupported(NamesOf(*flag).back(), flag->refused);
      }
      const bool is_switch = flag->value.empty();
      if (is_switch && value == "false") continue;
      if (is_switch && value != "true") {
        return UsageError(
            absl::StrCat(NamesOf(*flag).back(), " takes no value"));
      }
      const absl::Status set = flag->set(is_switch ? "" : value);
      if (!set.ok()) return WithPrefix(set, NamesOf(*flag).back());
    }
  }
  return absl::OkStatus();
}

absl::Status Distribute(const Command& command,
                        const std::vector<std::string>& words) {
  size_t at = 0;
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    const Argument& argument = command.arguments[i];
    size_t reserved = 0;
    for (size_t j = i + 1; j < command.arguments.size(); ++j) {
      reserved += command.arguments[j].min;
    }
    int taken = 0;
    while (at < words.size() && (argument.max < 0 || taken < argument.max) &&
           (taken < argument.min || words.size() - at > reserved)) {
      RETURN_IF_ERROR(argument.set(words[at]));
      ++at;
      ++taken;
    }
    if (taken < argument.min) {
      return UsageError(absl::StrCat(argument.name, " is missing"));
    }
  }
  if (at < words.size()) {
    return UsageError(
        absl::StrCat("\"", words[at], "\" is one argument too many"));
  }
  return absl::OkStatus();
}

std::string FlagNameOf(const std::string& word) {
  return word.substr(0, word.find('='));
}

absl::Status UnknownFlag(const std::string& word, const Command& command,
                         const std::vector<Flag>& globals) {
  std::vector<std::string> known = {"--help"};
  for (const std::vector<Flag>* flags : {&command.flags, &globals}) {
    for (const Flag& flag : *flags) {
      for (std::string& name : NamesOf(flag)) {
        if (name.starts_with("--")) known.push_back(std::move(name));
      }
    }
  }
  const std::string name = FlagNameOf(word);
  const std::string near = Nearest(name, known);
  return UsageError(absl::StrCat("unknown flag ", name),
                    near.empty() ? "--help lists the flags"
                                 : absl::StrCat("did you mean ", near, "?"));
}

absl::Status UnknownVerb(const std::string& word, const Command& command) {
  std::vector<std::string> known;
  for (const Command& child : command.children) known.push_back(child.name);
  const std::string near = Nearest(word, known);
  return UsageError(absl::StrCat("unknown command \"", word, "\""),
                    near.empty() ? "--help lists the commands"
                                 : absl::StrCat("did you mean ", near, "?"));
}

// Words that the library left over are the arguments; it knows none, since
// its positionals would split "[a,b]".
absl::StatusOr<std::vector<std::string>> ArgumentsLeft(
    const Nodes& nodes, const Command& command,
    const std::vector<Flag>& globals) {
  std::vector<std::string> arguments;
  for (const auto& [app, node] : nodes) {
    for (std::string& word : app->remaining(false)) {
      if (word.size() > 1 && word[0] == '-') {
        return UnknownFlag(word, command, globals);
      }
      if (!command.children.empty()) return UnknownVerb(word, command);
      arguments.push_back(std::move(word));
    }
  }
  return arguments;
}

// "-w=5s" as "--watch=5s": the library knows "=" behind long names only.
std::vector<std::string> LongForms(std::vector<std::string> words,
                                   const std::vector<Flag>& globals) {
  for (std::string& word : words) {
    if (word.size() < 3 || word[0] != '-' || word[2] != '=') continue;
    for (const Flag& flag : globals) {
      const std::vector<std::string> names = NamesOf(flag);
      if (flag.bare.empty() || names.front() != word.substr(0, 2)) continue;
      word = absl::StrCat(names.back(), word.substr(2));
      break;
    }
  }
  return words;
}

// Runs the library; its exceptions end here.
absl::Status RunLibrary(const std::vector<std::string>& words, CLI::App* app) {
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app->parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return UsageError(error.what());
  }
  return absl::OkStatus();
}

const CLI::App* Follow(const CLI::App& app, const Nodes& nodes,
                       Selection* selected) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    selected->path.push_back(nodes.at(at).command);
  }
  return at;
}

bool HelpWanted(const CLI::App* leaf, const Nodes& nodes) {
  for (const CLI::App* at = leaf; at != nullptr; at = at->get_parent()) {
    const CLI::Option* help = nodes.at(at).help;
    if (help != nullptr && help->count() > 0) return true;
  }
  return false;
}

bool AsksForHelp(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "--help" || word == "-h";
  });
}

}  // namespace

std::vector<std::string> NamesOf(const Flag& flag) {
  std::vector<std::string> names = absl::StrSplit(flag.names, ',');
  if (!flag.hidden_names.empty()) {
    const std::vector<std::string> hidden =
        absl::StrSplit(flag.hidden_names, ',');
    names.insert(names.begin(), hidden.begin(), hidden.end());
  }
  return names;
}

std::string PathText(const Selection& selected) {
  std::string text = "barnabas";
  for (const Command* command : selected.path) {
    absl::StrAppend(&text, " ", command->name);
  }
  return text;
}

absl::Status ParseCommandLine(const Command& root,
                              const std::vector<Flag>& globals,
                              const std::vector<std::string>& words,
                              Selection* selected) {
  CLI::App app;
  Nodes nodes;
  Build(root, &globals, words, &app, &nodes);
  // What follows "--" never reaches the library: arguments all of them.
  const auto dashes = std::find(words.begin(), words.end(), "--");
  const absl::Status parsed =
      RunLibrary(LongForms({words.begin(), dashes}, globals), &app);
  const CLI::App* leaf = Follow(app, nodes, selected);
  const Command& command = *nodes.at(leaf).command;
  if (HelpWanted(leaf, nodes) ||
      (!command.refused.empty() && AsksForHelp(leaf->remaining()))) {
    selected->help = true;
    return absl::OkStatus();
  }
  // Global flags first: they say how an error is printed.
  RETURN_IF_ERROR(CallSetters(nodes.at(&app)));
  if (!command.refused.empty()) {
    return Unsupported(PathText(*selected), command.refused);
  }
  RETURN_IF_ERROR(parsed);
  ASSIGN_OR_RETURN(std::vector<std::string> arguments,
                   ArgumentsLeft(nodes, command, globals));
  for (const CLI::App* at = leaf; at != &app; at = at->get_parent()) {
    RETURN_IF_ERROR(CallSetters(nodes.at(at)));
  }
  if (dashes != words.end()) {
    arguments.insert(arguments.end(), dashes + 1, words.end());
  }
  return Distribute(command, arguments);
}

}  // namespace barnabas::cli
