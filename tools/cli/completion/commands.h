// The commands "completion" and "__complete" of the tree.
//
// See command.h. Units, empty cases: as help says. Thread: at start.
// Errors: none but those of writing.
#ifndef BARNABAS_TOOLS_CLI_COMPLETION_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_COMPLETION_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

// Prints a script for a shell.
Command CompletionCommand();
// What the scripts call; help does not show it.
Command CompleteCommand();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_COMPLETION_COMMANDS_H_
