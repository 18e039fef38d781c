#include "tools/cli/dev/dev_state.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kClusterFile[] = "/cluster.json";

absl::StatusOr<std::optional<std::string>> ReadText(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) {
    return MakeError(ErrorCode::kDirectoryUnusable,
                     absl::StrCat(path, " cannot be read"),
                     "look at its owner and mode");
  }
  return text.str();
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  const std::string temporary = path + ".new";
  {
    std::ofstream out(temporary, std::ios::trunc);
    out << text;
    out.flush();
    if (!out) {
      return MakeError(ErrorCode::kDirectoryUnusable,
                       absl::StrCat(temporary, " cannot be written"),
                       "give another directory with --data");
    }
  }
  fs::rename(temporary, path, error);
  if (error) {
    return MakeError(
        ErrorCode::kDirectoryUnusable,
        absl::StrCat(path, " cannot be replaced: ", error.message()),
        "give another directory with --data");
  }
  return absl::OkStatus();
}

absl::Status NotOurs(const std::string& path, const std::string& why) {
  return MakeError(
      ErrorCode::kInvalidRequest,
      absl::StrCat(path, " is not a file of `barnabas dev`: ", why),
      "give another directory with --data");
}

std::string TextOf(const Tree& tree, std::string_view key) {
  const Tree* field = tree.Find(key);
  return field == nullptr ? "" : field->Plain();
}

int64_t NumberOf(const Tree& tree, std::string_view key) {
  int64_t number = 0;
  return absl::SimpleAtoi(TextOf(tree, key), &number) ? number : 0;
}

std::string PointerPath(const DevEnvironment& environment) {
  return DefaultDevData(environment) + "-running.json";
}

}  // namespace

DevNode* DevCluster::Find(int32_t id) {
  for (DevNode& node : nodes) {
    if (node.id == id) return &node;
  }
  return nullptr;
}

std::string DevCluster::RackOf(const DevNode& node) const {
  if (racks == 0 || node.controller) return "";
  return absl::StrCat("rack-", node.id % racks + 1);
}

std::vector<std::string> DevCluster::Bootstrap() const {
  std::vector<std::string> endpoints;
  for (const DevNode& node : nodes) {
    if (!node.controller) {
      endpoints.push_back(absl::StrCat("localhost:", ClientPort(node)));
    }
  }
  return endpoints;
}

std::string DefaultDevData(const DevEnvironment& environment) {
  const std::optional<std::string> data = environment("XDG_DATA_HOME");
  if (data.has_value() && !data->empty()) return *data + "/barnabas/dev";
  return environment("HOME").value_or("/root") + "/.local/share/barnabas/dev";
}

absl::StatusOr<std::optional<DevCluster>> LoadCluster(const std::string& data) {
  const std::string path = data + kClusterFile;
  ASSIGN_OR_RETURN(const std::optional<std::string> text, ReadText(path));
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<Tree> tree = ParseJson(*text);
  if (!tree.ok()) return NotOurs(path, std::string(tree.status().message()));
  DevCluster cluster;
  cluster.data = data;
  cluster.cluster_id = TextOf(*tree, "clusterId");
  cluster.port_base = static_cast<int32_t>(NumberOf(*tree, "portBase"));
  cluster.snapshot_bytes = NumberOf(*tree, "snapshotBytes");
  cluster.racks = static_cast<int32_t>(NumberOf(*tree, "racks"));
  const Tree* nodes = tree->Find("nodes");
  if (cluster.cluster_id.empty() || nodes == nullptr) {
    return NotOurs(path, "clusterId and nodes are missing");
  }
  for (const Tree& item : nodes->items) {
    DevNode node;
    node.id = static_cast<int32_t>(NumberOf(item, "id"));
    node.controller = TextOf(item, "role") == "controller";
    node.slot = static_cast<int32_t>(NumberOf(item, "slot"));
    node.directory_id = TextOf(item, "directoryId");
    node.pid = NumberOf(item, "pid");
    node.start_ticks = NumberOf(item, "startTicks");
    cluster.nodes.push_back(node);
  }
  return cluster;
}

absl::Status SaveCluster(const DevCluster& cluster) {
  Tree nodes = Tree::List();
  for (const DevNode& node : cluster.nodes) {
    Tree item = Tree::Object();
    item.Add("id", Tree::Number(node.id))
        .Add("role", Tree::Text(node.Role()))
        .Add("slot", Tree::Number(node.slot))
        .Add("directoryId", Tree::Text(node.directory_id))
        .Add("pid", Tree::Number(node.pid))
        .Add("startTicks", Tree::Number(node.start_ticks));
    nodes.items.push_back(std::move(item));
  }
  Tree tree = Tree::Object();
  tree.Add("clusterId", Tree::Text(cluster.cluster_id))
      .Add("portBase", Tree::Number(cluster.port_base))
      .Add("snapshotBytes", Tree::Number(cluster.snapshot_bytes))
      .Add("racks", Tree::Number(cluster.racks))
      .Add("nodes", std::move(nodes));
  return WriteText(cluster.data + kClusterFile, ToJson(tree, true) + "\n");
}

absl::StatusOr<DevCluster> LoadRunning(const DevEnvironment& environment) {
  const absl::Status none =
      MakeError(ErrorCode::kBrokerNotRegistered, "no local cluster was started",
                "barnabas dev start");
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ReadText(PointerPath(environment)));
  if (!text.has_value()) return none;
  const absl::StatusOr<Tree> tree = ParseJson(*text);
  if (!tree.ok()) {
    return NotOurs(PointerPath(environment),
                   std::string(tree.status().message()));
  }
  ASSIGN_OR_RETURN(std::optional<DevCluster> cluster,
                   LoadCluster(TextOf(*tree, "data")));
  if (!cluster.has_value()) return none;
  return *std::move(cluster);
}

absl::Status SetRunning(const DevEnvironment& environment,
                        const std::string& data) {
  Tree tree = Tree::Object();
  tree.Add("data", Tree::Text(data));
  return WriteText(PointerPath(environment), ToJson(tree, true) + "\n");
}

absl::Status ClearRunning(const DevEnvironment& environment) {
  std::error_code error;
  fs::remove(PointerPath(environment), error);
  if (!error) return absl::OkStatus();
  return MakeError(ErrorCode::kDirectoryUnusable,
                   absl::StrCat(PointerPath(environment),
                                " cannot be removed: ", error.message()),
                   "look at its owner and mode");
}

}  // namespace barnabas::cli
