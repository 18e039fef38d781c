// The whole command tree of `barnabas`.
//
// What: every noun and verb, those of later releases too: they are refused by
//   name and say what to use instead.
// Units: none. Empty case: none. Thread: a fresh tree for each call.
// Errors: none here; command.h says those of commands.
#ifndef BARNABAS_TOOLS_CLI_ROOT_H_
#define BARNABAS_TOOLS_CLI_ROOT_H_

#include <vector>

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command RootCommand();

// What comes with later releases.
std::vector<Command> LaterCommands();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_ROOT_H_
