// The noun "broker" of the command tree.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: those of client/admin.
#ifndef BARNABAS_TOOLS_CLI_BROKER_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_BROKER_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

// All of them.
Command BrokerCommands();

Command BrokerList();
Command BrokerDescribe();
Command BrokerDrain();
Command BrokerUndrain();
Command BrokerDecommission();
Command BrokerLogLevel();
Command BrokerLogDirsCommand();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BROKER_COMMANDS_H_
