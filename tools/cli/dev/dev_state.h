// DevState: what `barnabas dev` remembers of its local cluster.
//
// What: two small JSON files. DATA/cluster.json names the cluster: id, first
//   port, nodes with their slots and process ids. A pointer beside the default
//   data directory says which DATA is running, so that stop, status, kill and
//   resume need no flags.
// Units: ports. A node in slot s listens on port_base + 10 s (clients), + 1
//   (peers), + 2 (HTTP); brokers take the first slots.
// Empty case: no file is no cluster (NotFound from LoadRunning).
// Thread: one at a time.
// Errors: DIRECTORY_UNUSABLE, INVALID_REQUEST for a file that is not ours.
// Always true: files are replaced in one step; a process id is used only with
//   the start time it was seen with, so a reused id is never signalled.
#ifndef BARNABAS_TOOLS_CLI_DEV_DEV_STATE_H_
#define BARNABAS_TOOLS_CLI_DEV_DEV_STATE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace barnabas::cli {

inline constexpr int32_t kDevPortBase = 9292;

struct DevNode {
  int32_t id = 0;
  bool controller = false;
  int32_t slot = 0;
  // Of a controller that is among the first voters: the id of its directory,
  // drawn before any is formatted, since each must name all. Empty for one
  // that joins later.
  std::string directory_id;
  // 0: not running.
  int64_t pid = 0;
  // Clock ticks after boot at which it began, from /proc.
  int64_t start_ticks = 0;

  std::string Role() const { return controller ? "controller" : "broker"; }
};

struct DevCluster {
  std::string data;
  std::string cluster_id;
  int32_t port_base = kDevPortBase;
  // Of controllers, between two snapshots; 0 leaves it to them.
  int64_t snapshot_bytes = 0;
  // Brokers lie in so many racks, in turn; 0: in none.
  int32_t racks = 0;
  std::vector<DevNode> nodes;

  int32_t ClientPort(const DevNode& node) const {
    return port_base + 10 * node.slot;
  }
  int32_t PeerPort(const DevNode& node) const { return ClientPort(node) + 1; }
  int32_t HttpPort(const DevNode& node) const { return ClientPort(node) + 2; }
  // "rack-1", or empty.
  std::string RackOf(const DevNode& node) const;
  std::string Folder(const DevNode& node) const {
    return data + "/" + node.Role() + "-" + std::to_string(node.id);
  }
  std::string LogFile(const DevNode& node) const {
    return Folder(node) + "/log.txt";
  }
  // nullptr if there is no such node.
  DevNode* Find(int32_t id);
  // Of all brokers, for clients.
  std::vector<std::string> Bootstrap() const;
};

using DevEnvironment =
    std::function<std::optional<std::string>(const std::string&)>;

// $XDG_DATA_HOME/barnabas/dev, else ~/.local/share/barnabas/dev.
std::string DefaultDevData(const DevEnvironment& environment);

// The cluster of a data directory; nullopt if it holds none.
absl::StatusOr<std::optional<DevCluster>> LoadCluster(const std::string& data);
absl::Status SaveCluster(const DevCluster& cluster);

// Which data directory is running; NotFound (exit 4) if none is.
absl::StatusOr<DevCluster> LoadRunning(const DevEnvironment& environment);
absl::Status SetRunning(const DevEnvironment& environment,
                        const std::string& data);
absl::Status ClearRunning(const DevEnvironment& environment);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DEV_DEV_STATE_H_
