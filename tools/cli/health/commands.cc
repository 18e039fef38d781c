#include "tools/cli/health/commands.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "client/admin/admin.h"
#include "client/client_options.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// Those of grpc_health_probe.
constexpr int kNoConnection = 2;
constexpr int kCallFailed = 3;
constexpr int kNotServing = 4;
// Of grpc.health.v1.HealthCheckResponse.
constexpr int kServing = 1;
constexpr int kUnknownService = 3;
constexpr absl::Duration kProbeTime = absl::Seconds(1);

struct Flags {
  std::string service;
  bool local = false;
};

absl::Status Run(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(client::ClientOptions options, ClientOptionsFor(session));
  options.request_timeout = session.flags().timeout.value_or(kProbeTime);
  const std::string endpoint = flags.local || options.bootstrap.empty()
                                   ? "localhost:9292"
                                   : options.bootstrap.front();
  ASSIGN_OR_RETURN(const std::shared_ptr<client::NodeClient> node,
                   session.world().dialing.node(options, endpoint));
  const absl::StatusOr<int> answer = node->CheckHealth(flags.service);
  if (!answer.ok()) {
    const bool no_connection = absl::IsUnavailable(answer.status());
    return WithExitCode(
        WithContext(answer.status(), absl::StrCat("health of ", endpoint)),
        no_connection ? kNoConnection : kCallFailed);
  }
  if (*answer == kUnknownService) {
    return WithExitCode(MakeError(ErrorCode::kInvalidRequest,
                                  absl::StrCat(endpoint, " has no service \"",
                                               flags.service, "\""),
                                  "readiness, liveness, barnabas.v1.Producer"),
                        kCallFailed);
  }
  const bool serving = *answer == kServing;
  const std::string status = serving ? "SERVING" : "NOT_SERVING";
  Tree tree = Tree::Object();
  tree.Add("status", Tree::Text(status))
      .Add("service", Tree::Text(flags.service))
      .Add("endpoint", Tree::Text(endpoint));
  RETURN_IF_ERROR(session.Print(
      {tree,
       "",
       {{"", Table{{{"STATUS"}, {"SERVICE"}, {"ENDPOINT"}},
                   {{status, flags.service.empty() ? "-" : flags.service,
                     endpoint}}}}}}));
  return serving ? absl::OkStatus() : SilentExit(kNotServing);
}

}  // namespace

Command HealthCommand() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "health",
                  .summary = "Ask one node whether it is well"};
  command.details =
      "Exit codes: 0 serving, 2 no connection, 3 call failed, 4 not serving.\n"
      "While its disk is nearly full a broker serves, but barnabas.v1.Producer "
      "does not.\n"
      "Example: barnabas health --service readiness";
  command.flags = {
      {.names = "--service",
       .value = "NAME",
       .help = "readiness, liveness, or a service: barnabas.v1.Producer.",
       .set = SetText(&flags->service)},
      {.names = "--local",
       .help = "Ask localhost:9292, whatever the context says.",
       .set = SetSwitch(&flags->local)},
  };
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
