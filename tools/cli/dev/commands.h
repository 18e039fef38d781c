// The noun "dev" of the command tree: a whole cluster on this machine.
//
// Each function makes one command; see command.h. Units: ports, durations as
//   help says. Empty case: without flags the default data directory and ports.
// Thread: at start. Errors: those of dev_state.h, dev_nodes.h.
#ifndef BARNABAS_TOOLS_CLI_DEV_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_DEV_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command DevStart();
Command DevStatus();
Command DevStop();
Command DevKill();
Command DevResume();
Command DevAdd();
Command DevLogs();
Command DevPurge();

// All of them below "dev".
Command DevCommands();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DEV_COMMANDS_H_
