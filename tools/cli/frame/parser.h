// Parser: the words of a command line against the tree of commands.
//
// What: finds the command, calls the setters of flags and arguments, and
//   names the nearest thing when a word is unknown. The only file that knows
//   the option library.
// Units: none. Empty case: no words select the root.
// Thread: one at a time.
// Errors: usage errors (exit 2); for a refused command or flag
//   UNSUPPORTED_FEATURE (exit 2). `selected` is filled in as far as it went.
// Always true: global flags may stand anywhere; a command's own flag wins over
//   a global one of the same name; what follows "--" is never a flag.
#ifndef BARNABAS_TOOLS_CLI_FRAME_PARSER_H_
#define BARNABAS_TOOLS_CLI_FRAME_PARSER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/cli/frame/command.h"

namespace barnabas::cli {

struct Selection {
  // From the root's child on; empty: the root itself.
  std::vector<const Command*> path;
  bool help = false;

  const Command* command(const Command& root) const {
    return path.empty() ? &root : path.back();
  }
};

absl::Status ParseCommandLine(const Command& root,
                              const std::vector<Flag>& globals,
                              const std::vector<std::string>& words,
                              Selection* selected);

// "-p,--partitions" as {"-p", "--partitions"}.
std::vector<std::string> NamesOf(const Flag& flag);

// "barnabas topic create".
std::string PathText(const Selection& selected);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_PARSER_H_
