#include "tools/cli/quorum/commands.h"

namespace barnabas::cli {

Command QuorumCommands() {
  Command quorum{.name = "quorum",
                 .summary = "The controllers: who votes, who leads"};
  quorum.details = "Example: barnabas quorum status";
  quorum.children = {QuorumStatus(), QuorumDescribe(), QuorumAdd(),
                     QuorumRemove(), QuorumTransferLeader()};
  return quorum;
}

}  // namespace barnabas::cli
