// The noun "context" of the command tree: named clusters.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: those of context_store.h.
#ifndef BARNABAS_TOOLS_CLI_CONTEXT_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_CONTEXT_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

// All of them.
Command ContextCommands();

Command ContextList();
Command ContextShow();
Command ContextUse();
Command ContextCreate();
Command ContextEdit();
Command ContextDelete();
Command ContextTest();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CONTEXT_COMMANDS_H_
