// The noun "storage" of the command tree: data directories.
//
// Each function makes one command; see command.h. Units: bytes. Empty case: a
//   directory that is not formatted says so. Thread: at start. Errors: those
//   of controller/quorum/format, storage/log/identity and verify.
#ifndef BARNABAS_TOOLS_CLI_STORAGE_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_STORAGE_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command StorageRandomId();
Command StorageFormat();
Command StorageInfo();
Command StorageVerify();

// All of them below "storage".
Command StorageCommands();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_STORAGE_COMMANDS_H_
