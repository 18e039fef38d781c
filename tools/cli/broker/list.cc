#include <memory>

#include "proto/types/status_macros.h"
#include "tools/cli/broker/broker_table.h"
#include "tools/cli/broker/commands.h"
#include "tools/cli/frame/connect.h"

namespace barnabas::cli {
namespace {

absl::Status Run(Session& session) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::DescribeClusterResponse cluster,
                   admin->DescribeCluster());
  return session.Print(
      {TreeOf(cluster),
       "brokers",
       {{"", BrokerTable(cluster, session.clock().WallMs())}}});
}

}  // namespace

Command BrokerList() {
  Command command{.name = "list",
                  .aliases = {"ls"},
                  .summary = "List brokers with state and load"};
  command.run = Run;
  return command;
}

}  // namespace barnabas::cli
