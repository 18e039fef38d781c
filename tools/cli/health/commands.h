// "health" of the command tree: what grpc_health_probe does.
//
// See command.h. Units: none. Empty case: without --service the node as a
//   whole. Thread: at start.
// Errors: exit codes of grpc_health_probe: 0 serving, 1 usage or other, 2 no
//   connection, 3 the call failed or timed out, 4 not serving.
#ifndef BARNABAS_TOOLS_CLI_HEALTH_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_HEALTH_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command HealthCommand();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_HEALTH_COMMANDS_H_
