// `dev stop`, `dev kill`, `dev resume` and `dev purge`.
#include <signal.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/context/context_store.h"
#include "tools/cli/dev/commands.h"
#include "tools/cli/dev/dev_nodes.h"
#include "tools/cli/dev/dev_state.h"
#include "tools/cli/dev/node_process.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr char kContext[] = "dev";
constexpr absl::Duration kStopPatience = absl::Seconds(30);
constexpr absl::Duration kReadyPatience = absl::Seconds(60);

absl::StatusOr<DevNode*> FindNode(DevCluster* cluster, int64_t id) {
  DevNode* node = cluster->Find(static_cast<int32_t>(id));
  if (node != nullptr) return node;
  return MakeError(ErrorCode::kBrokerNotRegistered,
                   absl::StrCat("the local cluster has no node ", id),
                   "barnabas dev status");
}

// The context that was current before `dev start`.
absl::Status RestoreContext(Session& session) {
  const std::string path = ContextsPath(session.world().environment);
  ASSIGN_OR_RETURN(Contexts contexts, LoadContexts(path));
  if (contexts.current != kContext) return absl::OkStatus();
  contexts.current = std::exchange(contexts.previous, "");
  return SaveContexts(path, contexts);
}

absl::Status RunStop(Session& session) {
  ASSIGN_OR_RETURN(DevCluster cluster,
                   LoadRunning(session.world().environment));
  // Brokers say goodbye to the controller, so it goes last.
  for (const bool controllers : {false, true}) {
    for (DevNode& node : cluster.nodes) {
      if (node.controller != controllers) continue;
      RETURN_IF_ERROR(EndNode(session, &node, kStopPatience));
      RETURN_IF_ERROR(SaveCluster(cluster));
    }
  }
  RETURN_IF_ERROR(RestoreContext(session));
  RETURN_IF_ERROR(ClearRunning(session.world().environment));
  session.Say(absl::StrCat("stopped; the data stays in ", cluster.data));
  return absl::OkStatus();
}

struct KillFlags {
  int64_t id = 0;
  bool pause = false;
};

absl::Status RunKill(Session& session, const KillFlags& flags) {
  ASSIGN_OR_RETURN(DevCluster cluster,
                   LoadRunning(session.world().environment));
  ASSIGN_OR_RETURN(DevNode* const node, FindNode(&cluster, flags.id));
  if (!SignalNode(*node, flags.pause ? SIGSTOP : SIGKILL)) {
    return WithExitCode(
        MakeError(ErrorCode::kBrokerNotAvailable,
                  absl::StrCat(node->Role(), " ", node->id, " is not running"),
                  absl::StrCat("barnabas dev resume ", node->id)),
        static_cast<int>(ExitCode::kConflict));
  }
  session.Say(absl::StrCat(
      node->Role(), " ", node->id, flags.pause ? " paused" : " killed",
      "; barnabas dev resume ", node->id, " brings it back"));
  return absl::OkStatus();
}

absl::Status RunResume(Session& session, int64_t id) {
  ASSIGN_OR_RETURN(DevCluster cluster,
                   LoadRunning(session.world().environment));
  ASSIGN_OR_RETURN(DevNode* const node, FindNode(&cluster, id));
  const absl::Status started = StartNode(session, cluster, node);
  RETURN_IF_ERROR(SaveCluster(cluster));
  RETURN_IF_ERROR(started);
  RETURN_IF_ERROR(AwaitReady(session, cluster, *node, kReadyPatience));
  session.Say(absl::StrCat(node->Role(), " ", node->id, " ready"));
  return absl::OkStatus();
}

absl::Status RunPurge(Session& session, const std::string& data_flag) {
  const DevEnvironment& environment = session.world().environment;
  std::string data = data_flag;
  if (data.empty()) {
    const absl::StatusOr<DevCluster> running = LoadRunning(environment);
    data = running.ok() ? running->data : DefaultDevData(environment);
  }
  ASSIGN_OR_RETURN(const std::optional<DevCluster> cluster, LoadCluster(data));
  if (!cluster.has_value()) {
    session.Say(absl::StrCat(data, " holds no local cluster"));
    return absl::OkStatus();
  }
  for (const DevNode& node : cluster->nodes) {
    if (StateOf(node) == ProcessState::kDead) continue;
    return WithExitCode(MakeError(ErrorCode::kInvalidRequest,
                                  absl::StrCat(node.Role(), " ", node.id,
                                               " is running from ", data),
                                  "barnabas dev stop"),
                        static_cast<int>(ExitCode::kConflict));
  }
  RETURN_IF_ERROR(session.Confirm(
      absl::StrCat("Delete ", data, " with everything in it?")));
  if (!session.flags().writes.dry_run.empty()) return absl::OkStatus();
  std::error_code error;
  std::filesystem::remove_all(data, error);
  if (error) {
    return MakeError(
        ErrorCode::kDirectoryUnusable,
        absl::StrCat(data, " cannot be removed whole: ", error.message()),
        "look at its owner and mode");
  }
  RETURN_IF_ERROR(ClearRunning(environment));
  session.Say(absl::StrCat(data, " deleted"));
  return absl::OkStatus();
}

}  // namespace

Command DevStop() {
  Command command{.name = "stop",
                  .summary = "Stop the local cluster; its data stays"};
  command.writes = true;
  command.run = RunStop;
  return command;
}

Command DevKill() {
  auto flags = std::make_shared<KillFlags>();
  Command command{.name = "kill",
                  .summary = "Kill one node as a crash would (SIGKILL)"};
  command.details = "Example: barnabas dev kill 100; barnabas dev resume 100";
  command.writes = true;
  command.flags = {{.names = "--pause",
                    .help = "Make it fall silent instead (SIGSTOP).",
                    .set = SetSwitch(&flags->pause)}};
  command.arguments = {{.name = "ID",
                        .help = "The node's id.",
                        .set = SetInteger(&flags->id, 0, 1000000)}};
  command.run = [flags](Session& session) { return RunKill(session, *flags); };
  return command;
}

Command DevResume() {
  auto id = std::make_shared<int64_t>(0);
  Command command{.name = "resume",
                  .summary = "Bring a killed or paused node back"};
  command.writes = true;
  command.arguments = {{.name = "ID",
                        .help = "The node's id.",
                        .set = SetInteger(id.get(), 0, 1000000)}};
  command.run = [id](Session& session) { return RunResume(session, *id); };
  return command;
}

Command DevPurge() {
  auto data = std::make_shared<std::string>();
  Command command{.name = "purge",
                  .summary = "Delete the local cluster's data"};
  command.writes = true;
  command.flags = {{.names = "--data",
                    .value = "DIR",
                    .help = "Which one (the last that was started).",
                    .set = SetText(data.get())}};
  command.run = [data](Session& session) { return RunPurge(session, *data); };
  return command;
}

}  // namespace barnabas::cli
