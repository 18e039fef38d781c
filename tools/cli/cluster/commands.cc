#include "tools/cli/cluster/commands.h"

namespace barnabas::cli {

Command ClusterCommands() {
  Command cluster{.name = "cluster", .summary = "The cluster as a whole"};
  cluster.details = "Example: barnabas cluster health";
  cluster.children = {
      ClusterInformation(),
      ClusterHealth(),
      ClusterFeatures(),
      ClusterId(),
      {.name = "balance",
       .summary = "Spread replicas evenly",
       .refused = "barnabas broker list shows the load; new topics go where "
                  "brokers do not drain"}};
  return cluster;
}

}  // namespace barnabas::cli
