#include "tools/cli/dev/dev_nodes.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/admin/admin.h"
#include "controller/quorum/format.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/posix_file.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"
#include "storage/log/identity.h"
#include "tools/cli/dev/node_process.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kStep = absl::Milliseconds(20);
constexpr int kTailLines = 5;

std::string DataOf(const DevCluster& cluster, const DevNode& node) {
  return cluster.Folder(node) + "/data";
}

std::string NodeFileOf(const DevCluster& cluster, const DevNode& node) {
  return cluster.Folder(node) + "/node.yaml";
}

std::string Listener(std::string_view name, int32_t port) {
  return absl::StrCat("  ", std::string(name), ": {bind: \"127.0.0.1:", port,
                      "\", advertised: \"localhost:", port, "\"}\n");
}

std::string NodeFileText(const DevCluster& cluster, const DevNode& node) {
  std::string text =
      "# Written by `barnabas dev`; written again at each "
      "start.\nnode:\n";
  absl::StrAppend(&text, "  id: ", node.id, "\n");
  const std::string rack = cluster.RackOf(node);
  if (!rack.empty()) absl::StrAppend(&text, "  rack: ", rack, "\n");
  if (node.controller) {
    absl::StrAppend(&text, "  data_dir: \"", DataOf(cluster, node), "\"\n");
  } else {
    absl::StrAppend(&text, "  data_dirs: [\"", DataOf(cluster, node), "\"]\n");
  }
  absl::StrAppend(&text, "cluster:\n  id: \"", cluster.cluster_id,
                  "\"\n  controllers: [");
  std::string separator;
  for (const DevNode& other : cluster.nodes) {
    if (!other.controller) continue;
    absl::StrAppend(&text, separator, "\"", other.id,
                    "@localhost:", cluster.PeerPort(other), "\"");
    separator = ", ";
  }
  absl::StrAppend(&text, "]\n");
  if (node.controller && cluster.snapshot_bytes > 0) {
    absl::StrAppend(&text, "snapshots: {bytes: ", cluster.snapshot_bytes,
                    "}\n");
  }
  absl::StrAppend(&text, "listeners:\n");
  if (!node.controller) {
    absl::StrAppend(&text, Listener("client", cluster.ClientPort(node)));
  }
  absl::StrAppend(&text, Listener("peer", cluster.PeerPort(node)),
                  Listener("http", cluster.HttpPort(node)));
  return text;
}

std::vector<quorum::Voter> FirstVoters(const DevCluster& cluster) {
  std::vector<quorum::Voter> voters;
  for (const DevNode& node : cluster.nodes) {
    if (!node.controller || node.directory_id.empty()) continue;
    voters.push_back({NodeId(node.id),
                      Uuid::Parse(node.directory_id).value_or(Uuid()),
                      "localhost", cluster.PeerPort(node)});
  }
  return voters;
}

absl::Status FormatNode(const DevCluster& cluster, const DevNode& node) {
  env::PosixFileSystem files;
  const env::SystemClock clock;
  const std::string data = DataOf(cluster, node);
  const absl::StatusOr<log::Identity> found = log::ReadIdentity(&files, data);
  if (found.ok()) return absl::OkStatus();
  if (CodeOf(found.status()) != ErrorCode::kNotFormatted) {
    return found.status();
  }
  quorum::FormatOptions options;
  options.files = &files;
  options.clock = &clock;
  options.directory = data;
  options.cluster_id = Uuid::Parse(cluster.cluster_id).value_or(Uuid());
  options.node_id = NodeId(node.id);
  options.seed_high = env::RandomSeed();
  options.seed_low = env::RandomSeed();
  if (!node.controller) return quorum::FormatBroker(options).status();
  // One that joins later names no voters: a leader will tell it.
  const std::vector<quorum::Voter> voters = node.directory_id.empty()
                                                ? std::vector<quorum::Voter>()
                                                : FirstVoters(cluster);
  return quorum::FormatController(options, voters).status();
}

// Controllers answer on their peer port, brokers on their client port.
std::string HealthEndpoint(const DevCluster& cluster, const DevNode& node) {
  return absl::StrCat("localhost:", node.controller ? cluster.PeerPort(node)
                                                    : cluster.ClientPort(node));
}

// A controller that does not vote (yet, or any more) follows nobody, and so is
// never ready.
bool IsBystander(client::NodeClient* controller, const DevNode& node) {
  const auto quorum = controller->DescribeQuorum();
  if (!quorum.ok()) return false;
  return std::none_of(quorum->replicas().begin(), quorum->replicas().end(),
                      [&](const v1::QuorumReplica& replica) {
                        return replica.id() == node.id && replica.voter();
                      });
}

// The cluster lets it serve. What a broker says of itself is late after a
// pause: it has not heard yet that it was fenced.
bool TakesPart(const DevCluster& cluster, const DevNode& node) {
  if (node.controller) return true;
  client::ClientOptions options;
  options.bootstrap = cluster.Bootstrap();
  options.request_timeout = absl::Seconds(1);
  options.client_name = "barnabas-dev";
  const auto admin = client::Admin::Create(options);
  if (!admin.ok()) return false;
  const auto told = (*admin)->DescribeCluster();
  return told.ok() &&
         std::any_of(told->brokers().begin(), told->brokers().end(),
                     [&](const v1::BrokerInfo& broker) {
                       return broker.id() == node.id &&
                              broker.state() == v1::BROKER_STATE_RUNNING;
                     });
}

absl::Status EndedEarly(const DevCluster& cluster, const DevNode& node) {
  return MakeError(
      ErrorCode::kBrokerNotAvailable,
      absl::StrCat(node.Role(), " ", node.id, " ended. It said last:\n",
                   TailOf(cluster.LogFile(node), kTailLines)),
      absl::StrCat("barnabas dev logs ", node.id));
}

}  // namespace

absl::Status PrepareNode(const DevCluster& cluster, const DevNode& node) {
  std::error_code error;
  fs::create_directories(DataOf(cluster, node), error);
  if (error) {
    return MakeError(ErrorCode::kDirectoryUnusable,
                     absl::StrCat(DataOf(cluster, node),
                                  " cannot be made: ", error.message()),
                     "give another directory with --data");
  }
  const std::string path = NodeFileOf(cluster, node);
  std::ofstream out(path, std::ios::trunc);
  out << NodeFileText(cluster, node);
  out.flush();
  if (!out) {
    return MakeError(ErrorCode::kDirectoryUnusable,
                     absl::StrCat(path, " cannot be written"),
                     "give another directory with --data");
  }
  return FormatNode(cluster, node);
}

absl::Status StartNode(const Session& session, const DevCluster& cluster,
                       DevNode* node) {
  switch (StateOf(*node)) {
    case ProcessState::kRunning:
      return absl::OkStatus();
    case ProcessState::kPaused:
      SignalNode(*node, SIGCONT);
      return absl::OkStatus();
    case ProcessState::kDead:
      break;
  }
  ASSIGN_OR_RETURN(
      const std::string program,
      FindProgram(session.world().environment, "barnabas-" + node->Role()));
  RETURN_IF_ERROR(PrepareNode(cluster, *node));
  return Spawn({program, "--config", NodeFileOf(cluster, *node)},
               cluster.LogFile(*node), node);
}

absl::Status AwaitReady(Session& session, const DevCluster& cluster,
                        const DevNode& node, absl::Duration patience) {
  client::ClientOptions options;
  options.request_timeout = absl::Seconds(1);
  options.client_name = "barnabas-dev";
  ASSIGN_OR_RETURN(
      const std::unique_ptr<client::NodeClient> health,
      client::NodeClient::Create(options, HealthEndpoint(cluster, node)));
  constexpr int kServing = 1;
  const absl::Duration until = session.clock().Monotonic() + patience;
  while (session.clock().Monotonic() < until) {
    if (StateOf(node) == ProcessState::kDead) return EndedEarly(cluster, node);
    const absl::StatusOr<int> answer = health->CheckHealth("readiness");
    if (answer.ok() && *answer == kServing && TakesPart(cluster, node)) {
      return absl::OkStatus();
    }
    if (answer.ok() && node.controller && IsBystander(health.get(), node)) {
      return absl::OkStatus();
    }
    if (session.interrupt().WaitFor(kStep)) {
      return SilentExit(static_cast<int>(ExitCode::kInterrupted));
    }
  }
  return WithExitCode(
      MakeError(
          ErrorCode::kRequestTimedOut,
          absl::StrCat(node.Role(), " ", node.id, " is not ready after ",
                       absl::FormatDuration(patience), ". It said last:\n",
                       TailOf(cluster.LogFile(node), kTailLines)),
          absl::StrCat("barnabas dev logs ", node.id)),
      static_cast<int>(ExitCode::kConditionNotMet));
}

absl::Status EndNode(Session& session, DevNode* node, absl::Duration patience) {
  if (StateOf(*node) == ProcessState::kPaused) SignalNode(*node, SIGCONT);
  SignalNode(*node, SIGTERM);
  const absl::Duration until = session.clock().Monotonic() + patience;
  bool forced = false;
  while (StateOf(*node) != ProcessState::kDead) {
    if (!forced && session.clock().Monotonic() > until) {
      forced = true;
      session.Say(absl::StrCat(node->Role(), " ", node->id, " did not stop in ",
                               absl::FormatDuration(patience),
                               " and is killed"));
      SignalNode(*node, SIGKILL);
    }
    session.interrupt().WaitFor(kStep);
  }
  node->pid = 0;
  node->start_ticks = 0;
  return absl::OkStatus();
}

}  // namespace barnabas::cli
