// The noun "partition" of the command tree.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: those of client/admin.
#ifndef BARNABAS_TOOLS_CLI_PARTITION_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_PARTITION_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command PartitionList();
Command PartitionDescribe();
Command PartitionElect();

// All of them below "partition".
Command PartitionCommands();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_PARTITION_COMMANDS_H_
