// `dev start` and `dev add`.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/uuid.h"
#include "storage/env/random.h"
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
constexpr int32_t kFirstBroker = 100;
constexpr int32_t kFirstController = 1;
constexpr int64_t kBrokersMax = 16;
constexpr int64_t kControllersMax = 9;
constexpr absl::Duration kReadyPatience = absl::Seconds(60);

struct StartFlags {
  std::optional<int64_t> brokers;
  std::optional<int64_t> controllers;
  std::string data;
  std::optional<int64_t> port_base;
  int64_t snapshot_bytes = 0;
  std::optional<int64_t> racks;
};

int64_t Count(const DevCluster& cluster, bool controllers) {
  return std::count_if(
      cluster.nodes.begin(), cluster.nodes.end(),
      [&](const DevNode& node) { return node.controller == controllers; });
}

std::string RandomId() {
  return Uuid::FromRandom(env::RandomSeed(), env::RandomSeed()).ToString();
}

// One node more, in the next free slot.
DevNode* AddNode(DevCluster* cluster, bool controller) {
  DevNode node;
  node.controller = controller;
  node.id = controller ? kFirstController : kFirstBroker;
  for (const DevNode& other : cluster->nodes) {
    node.slot = std::max(node.slot, other.slot + 1);
    if (other.controller == controller) {
      node.id = std::max(node.id, other.id + 1);
    }
  }
  cluster->nodes.push_back(node);
  return &cluster->nodes.back();
}

DevCluster NewCluster(const std::string& data, const StartFlags& flags) {
  DevCluster cluster;
  cluster.data = data;
  cluster.cluster_id = RandomId();
  cluster.port_base =
      static_cast<int32_t>(flags.port_base.value_or(kDevPortBase));
  cluster.snapshot_bytes = flags.snapshot_bytes;
  cluster.racks = static_cast<int32_t>(flags.racks.value_or(0));
  for (int64_t i = 0; i < flags.brokers.value_or(1); ++i) {
    AddNode(&cluster, /*controller=*/false);
  }
  for (int64_t i = 0; i < flags.controllers.value_or(1); ++i) {
    AddNode(&cluster, /*controller=*/true)->directory_id = RandomId();
  }
  return cluster;
}

absl::Status HoldsOther(const DevCluster& cluster, int64_t have, int64_t want,
                        const std::string& what, const std::string& instead) {
  return WithExitCode(
      MakeError(ErrorCode::kInvalidRequest,
                absl::StrCat(cluster.data, " holds a cluster of ", have, " ",
                             what, "; it cannot start with ", want),
                absl::StrCat(instead, ", or another --data")),
      static_cast<int>(ExitCode::kConflict));
}

// What a cluster that exists may become.
absl::Status Grow(const StartFlags& flags, DevCluster* cluster) {
  const int64_t voters = Count(*cluster, /*controllers=*/true);
  if (flags.controllers.value_or(voters) != voters) {
    return HoldsOther(*cluster, voters, *flags.controllers, "controllers",
                      "barnabas dev add controller");
  }
  const int64_t have = Count(*cluster, /*controllers=*/false);
  const int64_t want = flags.brokers.value_or(have);
  if (want < have) {
    return HoldsOther(*cluster, have, want, "brokers",
                      absl::StrCat("barnabas dev start --brokers ", have));
  }
  for (int64_t i = have; i < want; ++i) AddNode(cluster, false);
  if (flags.racks.has_value()) {
    cluster->racks = static_cast<int32_t>(*flags.racks);
  }
  if (flags.port_base.has_value()) {
    cluster->port_base = static_cast<int32_t>(*flags.port_base);
  }
  return absl::OkStatus();
}

// The cluster of the data directory, made when there is none, grown when more
// brokers are asked for.
absl::StatusOr<DevCluster> WantedCluster(Session& session,
                                         const StartFlags& flags) {
  const DevEnvironment& environment = session.world().environment;
  const absl::StatusOr<DevCluster> running = LoadRunning(environment);
  std::string data = flags.data;
  if (data.empty()) {
    data = running.ok() ? running->data : DefaultDevData(environment);
  }
  data = std::filesystem::absolute(data).lexically_normal().string();
  if (running.ok() && running->data != data) {
    for (const DevNode& node : running->nodes) {
      if (StateOf(node) == ProcessState::kDead) continue;
      return WithExitCode(
          MakeError(
              ErrorCode::kInvalidRequest,
              absl::StrCat("a local cluster is running from ", running->data),
              "barnabas dev stop"),
          static_cast<int>(ExitCode::kConflict));
    }
  }
  ASSIGN_OR_RETURN(std::optional<DevCluster> found, LoadCluster(data));
  if (!found.has_value()) return NewCluster(data, flags);
  RETURN_IF_ERROR(Grow(flags, &*found));
  return *std::move(found);
}

absl::Status SelectContext(Session& session, const DevCluster& cluster) {
  const std::string path = ContextsPath(session.world().environment);
  ASSIGN_OR_RETURN(Contexts contexts, LoadContexts(path));
  NamedContext& context = contexts.named[kContext];
  context.bootstrap = cluster.Bootstrap();
  context.description = "the local cluster of `barnabas dev`";
  if (contexts.current != kContext) {
    RETURN_IF_ERROR(contexts.Use(kContext));
  }
  return SaveContexts(path, contexts);
}

void Announce(Session& session, const DevCluster& cluster,
              absl::Duration took) {
  std::vector<int32_t> brokers;
  std::vector<int32_t> controllers;
  int32_t http_port = 0;
  for (const DevNode& node : cluster.nodes) {
    (node.controller ? controllers : brokers).push_back(node.id);
    if (!node.controller && http_port == 0) {
      http_port = cluster.HttpPort(node);
    }
  }
  const std::string tick =
      Painted("✔", Colour::kGreen, session.world().terminal.err_colour);
  session.Say(absl::StrCat(
      tick, controllers.size() == 1 ? " controller " : " controllers ",
      absl::StrJoin(controllers, ","), " ready   ", tick,
      brokers.size() == 1 ? " broker " : " brokers ",
      absl::StrJoin(brokers, ","), " ready   ",
      absl::ToInt64Milliseconds(took) / 100 / 10.0, " s"));
  session.Say(absl::StrCat("  bootstrap ",
                           absl::StrJoin(cluster.Bootstrap(), ","),
                           "   metrics http://localhost:", http_port,
                           "/metrics   context \"", kContext, "\" selected"));
  session.Say(
      absl::StrCat("  data ", cluster.data, "   stop with: barnabas dev stop"));
}

// Starts what does not run and waits for all; the state is saved whatever
// happens, so that `dev stop` finds every process.
absl::Status BringUp(Session& session, DevCluster* cluster) {
  RETURN_IF_ERROR(SaveCluster(*cluster));
  RETURN_IF_ERROR(SetRunning(session.world().environment, cluster->data));
  // Brokers need a controller to start.
  for (const bool controllers : {true, false}) {
    for (DevNode& node : cluster->nodes) {
      if (node.controller != controllers) continue;
      const absl::Status started = StartNode(session, *cluster, &node);
      RETURN_IF_ERROR(SaveCluster(*cluster));
      RETURN_IF_ERROR(started);
    }
    for (const DevNode& node : cluster->nodes) {
      if (node.controller != controllers) continue;
      RETURN_IF_ERROR(AwaitReady(session, *cluster, node, kReadyPatience));
    }
  }
  return SelectContext(session, *cluster);
}

absl::Status RunStart(Session& session, const StartFlags& flags) {
  const absl::Duration begin = session.clock().Monotonic();
  ASSIGN_OR_RETURN(DevCluster cluster, WantedCluster(session, flags));
  if (!session.flags().writes.dry_run.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(BringUp(session, &cluster));
  Announce(session, cluster, session.clock().Monotonic() - begin);
  return absl::OkStatus();
}

absl::Status RunAdd(Session& session, const std::string& role) {
  const absl::Duration begin = session.clock().Monotonic();
  ASSIGN_OR_RETURN(DevCluster cluster,
                   LoadRunning(session.world().environment));
  const bool controller = role == "controller";
  const int64_t most = controller ? kControllersMax : kBrokersMax;
  if (Count(cluster, controller) >= most) {
    return UsageError(
        absl::StrCat("a local cluster has at most ", most, " ", role, "s"));
  }
  const int32_t id = AddNode(&cluster, controller)->id;
  RETURN_IF_ERROR(BringUp(session, &cluster));
  Announce(session, cluster, session.clock().Monotonic() - begin);
  if (controller) {
    session.Say(absl::StrCat(
        "  controller ", id, " does not vote yet: barnabas quorum add ", id,
        "@localhost:", cluster.PeerPort(*cluster.Find(id))));
  }
  return absl::OkStatus();
}

}  // namespace

Command DevStart() {
  auto flags = std::make_shared<StartFlags>();
  Command command{.name = "start",
                  .summary = "Start a local cluster, or what is missing of it"};
  command.details = "Example: barnabas dev start --controllers 3 --brokers 3";
  command.writes = true;
  command.flags = {
      {.names = "--brokers",
       .value = "N",
       .help = "How many brokers (1, or as many as the data directory has).",
       .set = SetInteger(&flags->brokers, 1, kBrokersMax)},
      {.names = "--controllers",
       .value = "N",
       .help = "How many controllers (1); three survive the loss of one.",
       .set = SetInteger(&flags->controllers, 1, kControllersMax)},
      {.names = "--racks",
       .value = "N",
       .help = "Spread the brokers over so many racks (none).",
       .set = SetInteger(&flags->racks, 0, kBrokersMax)},
      {.names = "--data",
       .value = "DIR",
       .help = "Where the data lives (~/.local/share/barnabas/dev).",
       .set = SetText(&flags->data)},
      {.names = "--port-base",
       .value = "PORT",
       .help = "First port (9292); each node takes the next ten.",
       .set = SetInteger(&flags->port_base, 1024, 65000)},
      {.names = "--snapshot-bytes",
       .value = "SIZE",
       .help = "Metadata between two snapshots of controllers (8MiB).",
       .set = SetSize(&flags->snapshot_bytes, 1, int64_t{1} << 40)},
  };
  command.run = [flags](Session& session) { return RunStart(session, *flags); };
  return command;
}

Command DevAdd() {
  auto role = std::make_shared<std::string>();
  Command command{.name = "add",
                  .summary = "Bring one more node into the local cluster"};
  command.writes = true;
  command.arguments = {
      {.name = "broker|controller",
       .help = "What to add.",
       .set = SetChoice(role.get(), {"broker", "controller"})}};
  command.run = [role](Session& session) { return RunAdd(session, *role); };
  return command;
}

}  // namespace barnabas::cli
