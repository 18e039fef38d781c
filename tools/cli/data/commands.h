// "produce" and "consume" of the command tree.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: those of client/producer, client/consumer.
#ifndef BARNABAS_TOOLS_CLI_DATA_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_DATA_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command ProduceCommand();
Command ConsumeCommand();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DATA_COMMANDS_H_
