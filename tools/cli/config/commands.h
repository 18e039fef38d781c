// The noun "config" of the command tree: settings of cluster, broker, topic.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: those of client/admin.
#ifndef BARNABAS_TOOLS_CLI_CONFIG_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_CONFIG_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

// All of them.
Command ConfigCommands();

Command ConfigGet();
Command ConfigSet();
Command ConfigUnset();
Command ConfigList();
Command ConfigDescribe();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CONFIG_COMMANDS_H_
