// Pages of `barnabas help`: kafka, formats, exit-codes.
//
// Units: text of at most 80 columns. Empty case: an unknown page is nullptr.
// Thread: constants. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_HELP_PAGES_H_
#define BARNABAS_TOOLS_CLI_HELP_PAGES_H_

#include <string>
#include <vector>

namespace barnabas::cli {

// nullptr when there is no such page.
const char* HelpPage(const std::string& name);
std::vector<std::string> HelpPageNames();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_HELP_PAGES_H_
