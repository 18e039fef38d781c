#include "tools/cli/frame/connect.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/admin/raw_client.h"
#include "proto/types/status_macros.h"
#include "tools/cli/context/context_store.h"
#include "tools/cli/frame/tracing_admin.h"

namespace barnabas::cli {
namespace {

constexpr char kDefaultEndpoint[] = "localhost:9292";

absl::StatusOr<std::vector<std::string>> BootstrapOf(const Session& session) {
  const GlobalFlags& flags = session.flags();
  if (!flags.bootstrap.empty()) return flags.bootstrap;
  const Environment& environment = session.world().environment;
  const std::optional<std::string> own = environment("BARNABAS_BOOTSTRAP");
  if (flags.context.empty() && own.has_value() && !own->empty()) {
    return ParseEndpoints(*own);
  }
  ASSIGN_OR_RETURN(const Contexts contexts,
                   LoadContexts(ContextsPath(environment)));
  const std::string name =
      !flags.context.empty()
          ? flags.context
          : environment("BARNABAS_CONTEXT").value_or(contexts.current);
  if (name.empty()) return std::vector<std::string>{kDefaultEndpoint};
  ASSIGN_OR_RETURN(const NamedContext context, contexts.Get(name));
  if (context.bootstrap.empty()) {
    return std::vector<std::string>{kDefaultEndpoint};
  }
  return ParseEndpoints(absl::StrJoin(context.bootstrap, ","));
}

}  // namespace

absl::StatusOr<client::ClientOptions> ClientOptionsFor(const Session& session) {
  client::ClientOptions options;
  options.client_name = "barnabas-cli";
  ASSIGN_OR_RETURN(options.bootstrap, BootstrapOf(session));
  if (session.flags().timeout.has_value()) {
    options.request_timeout = *session.flags().timeout;
  }
  return options;
}

namespace {

absl::StatusOr<std::shared_ptr<client::Admin>> ConnectWith(
    Session& session, const client::ClientOptions& options) {
  session.SayAt(
      1, absl::StrCat("dialling ", absl::StrJoin(options.bootstrap, ",")));
  ASSIGN_OR_RETURN(std::shared_ptr<client::Admin> admin,
                   session.world().dialing.admin(options));
  if (!session.flags().talk.trace) return admin;
  return std::shared_ptr<client::Admin>(
      std::make_shared<TracingAdmin>(std::move(admin), &session));
}

}  // namespace

absl::StatusOr<std::shared_ptr<client::Admin>> Connect(Session& session) {
  ASSIGN_OR_RETURN(const client::ClientOptions options,
                   ClientOptionsFor(session));
  return ConnectWith(session, options);
}

absl::StatusOr<std::shared_ptr<client::Admin>> ConnectPatiently(
    Session& session, absl::Duration patience) {
  ASSIGN_OR_RETURN(client::ClientOptions options, ClientOptionsFor(session));
  if (!session.flags().timeout.has_value()) options.request_timeout = patience;
  return ConnectWith(session, options);
}

absl::StatusOr<std::shared_ptr<client::NodeClient>> ConnectNode(
    Session& session, const std::string& endpoint) {
  ASSIGN_OR_RETURN(const client::ClientOptions options,
                   ClientOptionsFor(session));
  session.SayAt(1, absl::StrCat("dialling ", endpoint));
  return session.world().dialing.node(options, endpoint);
}

Dialing RealDialing() {
  Dialing dialing;
  dialing.admin = [](const client::ClientOptions& options)
      -> absl::StatusOr<std::shared_ptr<client::Admin>> {
    ASSIGN_OR_RETURN(std::unique_ptr<client::Admin> admin,
                     client::Admin::Create(options));
    return std::shared_ptr<client::Admin>(std::move(admin));
  };
  dialing.node = [](const client::ClientOptions& options,
                    const std::string& endpoint)
      -> absl::StatusOr<std::shared_ptr<client::NodeClient>> {
    ASSIGN_OR_RETURN(std::unique_ptr<client::NodeClient> node,
                     client::NodeClient::Create(options, endpoint));
    return std::shared_ptr<client::NodeClient>(std::move(node));
  };
  dialing.raw = [](const client::ClientOptions& options)
      -> absl::StatusOr<std::shared_ptr<client::RawClient>> {
    ASSIGN_OR_RETURN(std::unique_ptr<client::RawClient> raw,
                     client::RawClient::Create(options));
    return std::shared_ptr<client::RawClient>(std::move(raw));
  };
  return dialing;
}

}  // namespace barnabas::cli
