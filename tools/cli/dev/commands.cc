#include "tools/cli/dev/commands.h"

namespace barnabas::cli {

Command DevCommands() {
  Command dev{.name = "dev",
              .summary = "A whole cluster on this machine, without root"};
  dev.details =
      "Example: barnabas dev start; barnabas topic create orders -p 6; "
      "barnabas dev stop";
  dev.children = {DevStart(),  DevStatus(), DevStop(), DevKill(),
                  DevResume(), DevAdd(),    DevLogs(), DevPurge()};
  return dev;
}

}  // namespace barnabas::cli
