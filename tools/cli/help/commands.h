// "help" and "version" of the command tree.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: usage errors; version those of the client.
#ifndef BARNABAS_TOOLS_CLI_HELP_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_HELP_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command HelpCommand();
Command VersionCommand();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_HELP_COMMANDS_H_
