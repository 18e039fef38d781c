#include "tools/cli/root.h"

#include <utility>

#include "tools/cli/bench/commands.h"
#include "tools/cli/broker/commands.h"
#include "tools/cli/cluster/commands.h"
#include "tools/cli/completion/commands.h"
#include "tools/cli/config/commands.h"
#include "tools/cli/context/commands.h"
#include "tools/cli/data/commands.h"
#include "tools/cli/dev/commands.h"
#include "tools/cli/health/commands.h"
#include "tools/cli/help/commands.h"
#include "tools/cli/inspect/commands.h"
#include "tools/cli/partition/commands.h"
#include "tools/cli/quorum/commands.h"
#include "tools/cli/rpc/commands.h"
#include "tools/cli/storage/commands.h"
#include "tools/cli/topic/commands.h"

namespace barnabas::cli {

Command RootCommand() {
  Command root{.name = "barnabas",
               .summary = "Event streaming over gRPC: the command line"};
  root.details = "Start with: barnabas dev start";
  root.children = {DevCommands(),       ContextCommands(),   TopicCommands(),
                   ProduceCommand(),    ConsumeCommand(),    ConfigCommands(),
                   BrokerCommands(),    PartitionCommands(), ClusterCommands(),
                   QuorumCommands(),    InspectCommands(),   StorageCommands(),
                   BenchCommands(),     HealthCommand(),     RpcCommand(),
                   CompletionCommand(), CompleteCommand(),   HelpCommand(),
                   VersionCommand()};
  for (Command& later : LaterCommands()) {
    root.children.push_back(std::move(later));
  }
  return root;
}

}  // namespace barnabas::cli
