#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "proto/types/version.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/help/commands.h"

namespace barnabas::cli {
namespace {

constexpr absl::Duration kProbeTime = absl::Seconds(1);

Tree ClientTree() {
  Tree tree = Tree::Object();
  tree.Add("version", Tree::Text(kVersion))
      .Add("revision", Tree::Text(kRevision));
  return tree;
}

// The node's answer; a cluster that is not there is no error here.
absl::StatusOr<v1::GetServerInfoResponse> AskServer(Session& session) {
  ASSIGN_OR_RETURN(client::ClientOptions options, ClientOptionsFor(session));
  options.request_timeout = session.flags().timeout.value_or(kProbeTime);
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   session.world().dialing.admin(options));
  return admin->GetServerInfo();
}

absl::Status Run(Session& session, bool client_only) {
  Table table{{{"PART"}, {"VERSION"}, {"REVISION"}, {"NODE", true}},
              {{"client", kVersion, kRevision, ""}}};
  Tree tree = Tree::Object();
  tree.Add("client", ClientTree());
  if (!client_only) {
    const absl::StatusOr<v1::GetServerInfoResponse> server = AskServer(session);
    if (server.ok()) {
      table.rows.push_back({"server", server->version(), server->revision(),
                            absl::StrCat(server->node_id())});
      tree.Add("server", TreeOf(*server));
    } else {
      session.Say("no server answers; --client asks none");
    }
  }
  return session.Print({std::move(tree), "", {{"", std::move(table)}}});
}

}  // namespace

Command VersionCommand() {
  auto client_only = std::make_shared<bool>(false);
  Command command{.name = "version",
                  .summary = "Versions of this command and of the server"};
  command.flags = {{.names = "--client",
                    .help = "Ask no server.",
                    .set = SetSwitch(client_only.get())}};
  command.run = [client_only](Session& session) {
    return Run(session, *client_only);
  };
  return command;
}

}  // namespace barnabas::cli
