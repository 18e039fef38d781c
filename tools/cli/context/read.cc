// `context list`, `context show` and `context test`.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "proto/types/status_macros.h"
#include "tools/cli/context/commands.h"
#include "tools/cli/context/context_store.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

Tree TreeOfContext(const std::string& name, const NamedContext& context,
                   bool current) {
  Tree list = Tree::List();
  for (const std::string& endpoint : context.bootstrap) {
    list.items.push_back(Tree::Text(endpoint));
  }
  Tree tree = Tree::Object();
  tree.Add("name", Tree::Text(name))
      .Add("current", Tree::Bool(current))
      .Add("bootstrap", std::move(list))
      .Add("description", Tree::Text(context.description));
  return tree;
}

absl::Status RunList(Session& session) {
  ASSIGN_OR_RETURN(const Contexts contexts,
                   LoadContexts(ContextsPath(session.world().environment)));
  Table table{{{"NAME"}, {"CURRENT"}, {"BOOTSTRAP"}, {"DESCRIPTION"}}, {}};
  Tree list = Tree::List();
  for (const auto& [name, context] : contexts.named) {
    const bool current = name == contexts.current;
    table.rows.push_back({name, current ? "*" : "",
                          absl::StrJoin(context.bootstrap, ","),
                          context.description});
    list.items.push_back(TreeOfContext(name, context, current));
  }
  Tree tree = Tree::Object();
  tree.Add("contexts", std::move(list));
  return session.Print({std::move(tree), "contexts", {{"", std::move(table)}}});
}

absl::Status RunShow(Session& session, std::string name) {
  ASSIGN_OR_RETURN(const Contexts contexts,
                   LoadContexts(ContextsPath(session.world().environment)));
  if (name.empty()) name = session.flags().context;
  if (name.empty()) name = contexts.current;
  if (name.empty()) {
    return WithExitCode(UsageError("no context is current",
                                   "barnabas context create NAME -b HOST:PORT"),
                        static_cast<int>(ExitCode::kNotFound));
  }
  ASSIGN_OR_RETURN(const NamedContext context, contexts.Get(name));
  const Table table{
      {{"NAME"}, {"BOOTSTRAP"}, {"DESCRIPTION"}},
      {{name, absl::StrJoin(context.bootstrap, ","), context.description}}};
  return session.Print({TreeOfContext(name, context, name == contexts.current),
                        "",
                        {{"", table}}});
}

absl::Status RunTest(Session& session) {
  ASSIGN_OR_RETURN(const client::ClientOptions options,
                   ClientOptionsFor(session));
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  const absl::Duration begin = session.clock().Monotonic();
  ASSIGN_OR_RETURN(const v1::GetServerInfoResponse server,
                   admin->GetServerInfo());
  const absl::Duration took = session.clock().Monotonic() - begin;
  const Table table{
      {{"BOOTSTRAP"},
       {"STATUS"},
       {"CLUSTER"},
       {"NODE", true},
       {"VERSION"},
       {"TIME", true}},
      {{absl::StrJoin(options.bootstrap, ","), "OK", server.cluster_id(),
        absl::StrCat(server.node_id()), server.version(),
        absl::StrFormat("%.1fms", absl::ToDoubleMilliseconds(took))}}};
  return session.Print({TreeOf(server), "", {{"", table}}});
}

}  // namespace

Command ContextList() {
  Command command{
      .name = "list", .aliases = {"ls"}, .summary = "List contexts"};
  command.run = RunList;
  return command;
}

Command ContextShow() {
  auto name = std::make_shared<std::string>();
  Command command{.name = "show",
                  .aliases = {"describe", "info"},
                  .summary = "Show one context"};
  command.arguments = {{.name = "NAME",
                        .help = "Default: the current one.",
                        .min = 0,
                        .set = SetText(name.get()),
                        .completes = Completes::kContext}};
  command.run = [name](Session& session) { return RunShow(session, *name); };
  return command;
}

Command ContextTest() {
  Command command{.name = "test",
                  .aliases = {"validate"},
                  .summary = "Dial the cluster of the context"};
  command.run = RunTest;
  return command;
}

}  // namespace barnabas::cli
