// App: one run of the command line, from words to exit code.
//
// What: parses, shows help, runs the command (again and again with --watch,
//   again after a failure with --retry), prints the error.
// Units: none. Empty case: no words show the root's help and are a usage
//   error (exit 2).
// Thread: one at a time.
// Errors: the exit codes of exit_code.h; an escaped exception is 70.
#ifndef BARNABAS_TOOLS_CLI_FRAME_APP_H_
#define BARNABAS_TOOLS_CLI_FRAME_APP_H_

#include <functional>
#include <string>
#include <vector>

#include "tools/cli/frame/command.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

// Makes the tree afresh for each run, so that flags begin at their defaults.
using TreeMaker = std::function<Command()>;

int RunApp(const TreeMaker& make_tree, const std::vector<std::string>& words,
           const World& world);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_APP_H_
