// The command "rpc" of the tree: any call of the API, in and out as JSON.
//
// See command.h. Units, empty cases: as help says. Thread: at start.
// Errors: usage errors for a method, flag or JSON that is not understood; what
//   the server said.
#ifndef BARNABAS_TOOLS_CLI_RPC_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_RPC_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command RpcCommand();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_RPC_COMMANDS_H_
