// The noun "cluster" of the command tree: the cluster as a whole.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: those of client/admin.
#ifndef BARNABAS_TOOLS_CLI_CLUSTER_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_CLUSTER_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

Command ClusterId();
Command ClusterInformation();
Command ClusterHealth();
Command ClusterFeatures();

// All of them below "cluster".
Command ClusterCommands();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CLUSTER_COMMANDS_H_
