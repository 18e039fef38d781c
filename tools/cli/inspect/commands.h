// The noun "inspect" of the command tree: files of a log, read only.
//
// Each function makes one command; see command.h. No lock is taken, so files
//   of a running node can be read. Units: as columns say. Empty case: an empty
//   file shows no rows. Thread: at start. Errors: those of storage/log/inspect.
#ifndef BARNABAS_TOOLS_CLI_INSPECT_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_INSPECT_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command InspectSegment();
Command InspectIndex();
Command InspectMeta();

// All of them below "inspect".
Command InspectCommands();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_INSPECT_COMMANDS_H_
