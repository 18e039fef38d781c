// `cluster health`.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/cluster/commands.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// How often it is looked again with --exit-when-healthy.
constexpr absl::Duration kLook = absl::Milliseconds(500);
// Controllers fail over in less; without one there is nothing to wait for.
constexpr absl::Duration kPatience = absl::Seconds(4);

std::string WithoutPrefix(const std::string& name, const char* prefix) {
  return name.substr(std::string(prefix).size());
}

// What the cluster says, or, where no controller leads, that.
absl::StatusOr<v1::CheckHealthResponse> Ask(client::Admin& admin) {
  absl::StatusOr<v1::CheckHealthResponse> reply =
      admin.cluster().CheckHealth({});
  if (reply.ok()) return reply;
  const ErrorCode code = CodeOf(reply.status());
  if (code != ErrorCode::kControllerNotAvailable &&
      code != ErrorCode::kNotController) {
    return reply.status();
  }
  v1::CheckHealthResponse alone;
  v1::HealthFinding* finding = alone.add_findings();
  finding->set_level(v1::HEALTH_LEVEL_CRITICAL);
  finding->set_kind(v1::HEALTH_KIND_NO_CONTROLLER);
  finding->set_subject("controllers");
  finding->set_message(absl::StrCat("none leads: ", reply.status().message()));
  finding->set_hint("start a majority of them: barnabas quorum status");
  return alone;
}

absl::Status Show(Session& session, const v1::CheckHealthResponse& health) {
  Table table{
      {{"LEVEL"}, {"KIND"}, {"SUBJECT"}, {"MESSAGE"}, {"TRY", false, true}},
      {}};
  for (const v1::HealthFinding& finding : health.findings()) {
    table.rows.push_back(
        {WithoutPrefix(v1::HealthLevel_Name(finding.level()), "HEALTH_LEVEL_"),
         WithoutPrefix(v1::HealthKind_Name(finding.kind()), "HEALTH_KIND_"),
         finding.subject(), finding.message(), finding.hint()});
  }
  RETURN_IF_ERROR(
      session.Print({TreeOf(health), "findings", {{"", std::move(table)}}}));
  if (health.unlisted() > 0) {
    session.Say(absl::StrCat("and ", health.unlisted(), " more"));
  }
  session.Say(health.healthy() ? "healthy" : "not healthy");
  return absl::OkStatus();
}

absl::Status Run(Session& session, bool until_healthy) {
  const absl::Duration until =
      session.clock().Monotonic() +
      session.flags().timeout.value_or(absl::InfiniteDuration());
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   ConnectPatiently(session, kPatience));
  ASSIGN_OR_RETURN(v1::CheckHealthResponse health, Ask(*admin));
  while (until_healthy && !health.healthy() &&
         session.clock().Monotonic() < until) {
    if (session.interrupt().WaitFor(kLook)) {
      return SilentExit(static_cast<int>(ExitCode::kInterrupted));
    }
    absl::StatusOr<v1::CheckHealthResponse> again = Ask(*admin);
    if (again.ok()) health = *std::move(again);
  }
  RETURN_IF_ERROR(Show(session, health));
  return health.healthy()
             ? absl::OkStatus()
             : SilentExit(static_cast<int>(ExitCode::kConditionNotMet));
}

}  // namespace

Command ClusterHealth() {
  auto until_healthy = std::make_shared<bool>(false);
  Command command{.name = "health",
                  .summary = "Show what is wrong, the worst first"};
  command.details =
      "Exit codes: 0 nothing is wrong, 7 something is, 3 no node is reached.\n"
      "Replicas out of sync count: topics with more than one replica have them "
      "while\nbrokers do not copy records to each other.";
  command.flags = {{.names = "-e,--exit-when-healthy",
                    .help = "Wait until nothing is wrong (--timeout: at most "
                            "so long).",
                    .set = SetSwitch(until_healthy.get())}};
  command.run = [until_healthy](Session& session) {
    return Run(session, *until_healthy);
  };
  return command;
}

}  // namespace barnabas::cli
