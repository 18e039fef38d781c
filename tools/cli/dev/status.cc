// `dev status` and `dev logs`.
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/dev/commands.h"
#include "tools/cli/dev/dev_state.h"
#include "tools/cli/dev/node_process.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"

namespace barnabas::cli {
namespace {

constexpr absl::Duration kFollowStep = absl::Milliseconds(100);

std::string StateText(ProcessState state) {
  switch (state) {
    case ProcessState::kDead:
      return "DEAD";
    case ProcessState::kRunning:
      return "RUNNING";
    case ProcessState::kPaused:
      return "PAUSED";
  }
  return "";
}

absl::Status RunStatus(Session& session) {
  ASSIGN_OR_RETURN(const DevCluster cluster,
                   LoadRunning(session.world().environment));
  Table table{{{"ID", true},
               {"ROLE"},
               {"STATE"},
               {"PID", true},
               {"MEMORY", true},
               {"ENDPOINT"},
               {"HTTP"},
               {"LOG", false, true}},
              {}};
  Tree nodes = Tree::List();
  for (const DevNode& node : cluster.nodes) {
    const ProcessState state = StateOf(node);
    const int32_t port =
        node.controller ? cluster.PeerPort(node) : cluster.ClientPort(node);
    const std::string endpoint = absl::StrCat("localhost:", port);
    const std::string http = absl::StrCat("localhost:", cluster.HttpPort(node));
    const int64_t pid = state == ProcessState::kDead ? 0 : node.pid;
    table.rows.push_back({absl::StrCat(node.id), node.Role(), StateText(state),
                          pid == 0 ? "-" : absl::StrCat(pid),
                          ByteText(MemoryOf(node)), endpoint, http,
                          cluster.LogFile(node)});
    Tree item = Tree::Object();
    item.Add("id", Tree::Number(node.id))
        .Add("role", Tree::Text(node.Role()))
        .Add("state", Tree::Text(StateText(state)))
        .Add("pid", Tree::Number(pid))
        .Add("memoryBytes", Tree::Number(MemoryOf(node)))
        .Add("endpoint", Tree::Text(endpoint))
        .Add("http", Tree::Text(http))
        .Add("log", Tree::Text(cluster.LogFile(node)));
    nodes.items.push_back(std::move(item));
  }
  Tree tree = Tree::Object();
  tree.Add("clusterId", Tree::Text(cluster.cluster_id))
      .Add("data", Tree::Text(cluster.data))
      .Add("nodes", std::move(nodes));
  return session.Print({tree, "nodes", {{"", table}}});
}

struct LogFlags {
  std::optional<int64_t> id;
  bool follow = false;
  int64_t lines = 50;
};

// Shows what a log file gained since `position`; the new position.
std::streamoff Gained(Session& session, const std::string& path,
                      std::streamoff position, const std::string& prefix) {
  std::ifstream in(path);
  in.seekg(position);
  for (std::string line; std::getline(in, line);) {
    // A line that is still being written waits for its end.
    if (in.eof()) break;
    position = in.tellg();
    session.out().Write(absl::StrCat(prefix, line, "\n"));
  }
  return position;
}

absl::Status RunLogs(Session& session, const LogFlags& flags) {
  ASSIGN_OR_RETURN(const DevCluster cluster,
                   LoadRunning(session.world().environment));
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<std::streamoff> positions;
  for (const DevNode& node : cluster.nodes) {
    if (flags.id.has_value() && node.id != *flags.id) continue;
    const std::string prefix =
        flags.id.has_value() ? "" : absl::StrCat(node.id, " | ");
    files.emplace_back(cluster.LogFile(node), prefix);
    std::error_code error;
    const auto size = std::filesystem::file_size(files.back().first, error);
    positions.push_back(error ? 0 : static_cast<std::streamoff>(size));
  }
  if (files.empty()) {
    return MakeError(ErrorCode::kBrokerNotRegistered,
                     absl::StrCat("the local cluster has no node ", *flags.id),
                     "barnabas dev status");
  }
  for (const auto& [path, prefix] : files) {
    const std::string tail = TailOf(path, static_cast<int>(flags.lines));
    size_t begin = 0;
    for (size_t end = tail.find('\n'); end != std::string::npos;
         begin = end + 1, end = tail.find('\n', begin)) {
      session.out().Write(
          absl::StrCat(prefix, tail.substr(begin, end - begin), "\n"));
    }
  }
  RETURN_IF_ERROR(session.out().Flush());
  while (flags.follow && !session.interrupt().WaitFor(kFollowStep)) {
    for (size_t i = 0; i < files.size(); ++i) {
      positions[i] =
          Gained(session, files[i].first, positions[i], files[i].second);
    }
    RETURN_IF_ERROR(session.out().Flush());
  }
  return absl::OkStatus();
}

}  // namespace

Command DevStatus() {
  Command command{.name = "status",
                  .summary = "Show the local cluster's processes"};
  command.run = RunStatus;
  return command;
}

Command DevLogs() {
  auto flags = std::make_shared<LogFlags>();
  Command command{.name = "logs", .summary = "Show what the nodes logged"};
  command.flags = {{.names = "-f,--follow",
                    .help = "Go on as they log, until Ctrl-C.",
                    .set = SetSwitch(&flags->follow)},
                   {.names = "-n,--lines",
                    .value = "N",
                    .help = "How many lines of each to begin with (50).",
                    .set = SetInteger(&flags->lines, 0, 100000)}};
  command.arguments = {{.name = "ID",
                        .help = "Only this node.",
                        .min = 0,
                        .set = SetInteger(&flags->id, 0, 1000000)}};
  command.run = [flags](Session& session) { return RunLogs(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
