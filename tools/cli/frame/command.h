// Command: one node of the command tree, as data.
//
// What: names, help, flags, arguments, children and the function that runs.
//   The parser, the help text, completion and the test that walks the tree all
//   read the same tree.
// Units: none. Empty case: a command without `run` and without `refused` is a
//   group: it needs a child.
// Thread: built once at start, read afterwards.
// Errors: setters answer a usage error (exit_code.h) for a text they refuse.
// Always true: a flag's `set` is called once per occurrence, in order, before
//   `run`; values are the texts of the command line.
#ifndef BARNABAS_TOOLS_CLI_FRAME_COMMAND_H_
#define BARNABAS_TOOLS_CLI_FRAME_COMMAND_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace barnabas::cli {

class Session;

using Setter = std::function<absl::Status(const std::string&)>;

// What completion offers where a value is typed. A value that reads "a|b|c" in
// help is offered as it stands.
enum class Completes {
  kNothing,
  kFile,
  kTopic,
  kBroker,
  kContext,
  // KEY=VALUE, and KEY alone, of a topic.
  kTopicSetting,
  kTopicKey,
  // [SCOPE] KEY=VALUE..., and [SCOPE] KEY... of the configuration.
  kScopedSetting,
  kScopedKey,
  kMethod,
  kCommand,
};

struct Flag {
  // "-p,--partitions"; later names are aliases that help does not show when
  // they stand in `hidden_names`.
  std::string names = {};
  // What help calls the value; empty: a switch, set is called with "".
  std::string value = {};
  std::string help = {};
  Setter set = {};
  // A flag with an optional value (--dry-run[=server]): what it means bare.
  std::string bare = {};
  std::string hidden_names = {};
  // Not empty: the flag is known but comes later; what to use instead.
  std::string refused = {};
  Completes completes = Completes::kNothing;
};

struct Argument {
  // "NAME", "NAME...", as usage shows it.
  std::string name = {};
  std::string help = {};
  int min = 1;
  // -1: any number.
  int max = 1;
  Setter set = {};
  Completes completes = Completes::kNothing;
};

struct Command {
  std::string name = {};
  std::vector<std::string> aliases = {};
  // One line, no full stop; empty: help does not show the command.
  std::string summary = {};
  // More help: examples. May be empty.
  std::string details = {};
  std::vector<Flag> flags = {};
  std::vector<Argument> arguments = {};
  std::vector<Command> children = {};
  std::function<absl::Status(Session&)> run = {};
  // Not empty: known, comes later; what to use instead ("" is not refused).
  std::string refused = {};
  // Changes something outside this process; --watch and --retry are refused.
  bool writes = false;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_COMMAND_H_
