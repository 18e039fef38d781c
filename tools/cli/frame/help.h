// Help: what a command says about itself.
//
// What: usage line, flags and children of one command, as text.
// Units: columns of 80. Empty case: sections without content are left out.
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_FRAME_HELP_H_
#define BARNABAS_TOOLS_CLI_FRAME_HELP_H_

#include <string>
#include <vector>

#include "tools/cli/frame/command.h"
#include "tools/cli/frame/parser.h"

namespace barnabas::cli {

std::string HelpText(const Command& root, const std::vector<Flag>& globals,
                     const Selection& selected);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_HELP_H_
