// The noun "quorum" of the command tree: the controllers.
//
// Each function makes one command; see command.h. Units: offsets of the
//   metadata log, milliseconds. Empty case: none.
// Thread: at start. Errors: those of the API.
#ifndef BARNABAS_TOOLS_CLI_QUORUM_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_QUORUM_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command QuorumStatus();
Command QuorumDescribe();
Command QuorumAdd();
Command QuorumRemove();
Command QuorumTransferLeader();

// All of them below "quorum".
Command QuorumCommands();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_QUORUM_COMMANDS_H_
