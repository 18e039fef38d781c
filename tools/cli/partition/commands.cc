#include "tools/cli/partition/commands.h"

namespace barnabas::cli {

Command PartitionCommands() {
  constexpr char kLater[] =
      "place replicas when a topic is made: barnabas topic create "
      "--replica-assignment FILE";
  Command partition{.name = "partition",
                    .aliases = {"partitions"},
                    .summary = "Partitions, their replicas and leaders"};
  partition.details = "Example: barnabas partition list --unavailable";
  partition.children = {PartitionList(), PartitionDescribe(), PartitionElect()};
  for (const char* name :
       {"move", "reassign", "status", "cancel", "transfer-leader"}) {
    partition.children.push_back({.name = name,
                                  .summary = "Comes with a later release",
                                  .refused = kLater});
  }
  return partition;
}

}  // namespace barnabas::cli
