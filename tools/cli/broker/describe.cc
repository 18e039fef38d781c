#include <memory>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/broker/broker_table.h"
#include "tools/cli/broker/commands.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"

namespace barnabas::cli {
namespace {

absl::Status Run(Session& session, int64_t id) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::DescribeClusterResponse cluster,
                   admin->DescribeCluster());
  ASSIGN_OR_RETURN(const v1::BrokerInfo broker, BrokerById(cluster, id));
  Table table{{{"FIELD"}, {"VALUE"}}, {}};
  table.rows = {
      {"id", absl::StrCat(broker.id())},
      {"state", StateText(broker)},
      {"rack", broker.rack()},
      {"version", broker.version()},
      {"registered", TimeText(broker.registered_ms())},
      {"epoch", absl::StrCat(broker.epoch())},
      {"incarnation", broker.incarnation_id()},
      {"directory", broker.directory_id()},
      {"leaders", absl::StrCat(broker.leaders())},
      {"replicas", absl::StrCat(broker.replicas())},
      {"disk used", ByteText(broker.disk_used_bytes())},
      {"disk free", ByteText(broker.disk_free_bytes())},
  };
  for (const v1::Endpoint& endpoint : broker.endpoints()) {
    table.rows.push_back({absl::StrCat("listener ", endpoint.listener()),
                          absl::StrCat(endpoint.host(), ":", endpoint.port())});
  }
  return session.Print({TreeOf(broker), "", {{"", std::move(table)}}});
}

}  // namespace

Command BrokerDescribe() {
  auto id = std::make_shared<int64_t>(0);
  Command command{
      .name = "describe", .aliases = {"info"}, .summary = "Show one broker"};
  command.arguments = {{.name = "ID",
                        .help = "The broker's id.",
                        .set = SetInteger(id.get(), 0, INT32_MAX)}};
  command.run = [id](Session& session) { return Run(session, *id); };
  return command;
}

}  // namespace barnabas::cli
