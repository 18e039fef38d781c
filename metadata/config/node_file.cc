#include "metadata/config/node_file.h"

#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "metadata/config/address.h"
#include "metadata/config/message_yaml.h"
#include "proto/types/error.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "proto/types/uuid.h"

namespace barnabas::config {
namespace {

// Entries of the metadata log between two snapshots.
constexpr int64_t kSnapshotBytes = 8 * kMiB;
constexpr int32_t kNodeIdMax = 1000 * 1000;
constexpr int32_t kVerbosityMax = 9;
constexpr std::string_view kVariablePrefix = "BARNABAS_CFG_";

// Faults of meaning name the file; their key says where to look.
class Faults {
 public:
  explicit Faults(const std::string& file) : file_(file) {}

  std::vector<std::string>& list() { return list_; }
  void Add(const std::string& what) {
    list_.push_back(absl::StrCat(file_, ": ", what));
  }
  absl::Status Finish(std::string_view program) const {
    if (list_.empty()) return absl::OkStatus();
    std::string text;
    if (list_.size() > 1) text = absl::StrCat(list_.size(), " faults: ");
    absl::StrAppend(&text, absl::StrJoin(list_, "; "));
    return MakeError(
        ErrorCode::kInvalidNodeFile, text,
        AsStd(absl::StrCat("correct the file, or give the keys ", "to ",
                           AsAbsl(program), " with --set key=value")));
  }

 private:
  const std::string& file_;
  std::vector<std::string> list_;
};

void CheckNodeId(int32_t id, Faults& faults) {
  if (id == 0) {
    faults.Add("\"node.id\" is missing");
  } else if (id < 1 || id > kNodeIdMax) {
    faults.Add(absl::StrCat("\"node.id\" is ", id, ", not in 1…", kNodeIdMax));
  }
}

// Defaults and rules of one listener.
void CheckListener(const std::string& key, const std::string& address,
                   bool insecure, v1::ListenerConfig& listener,
                   Faults& faults) {
  if (listener.bind().empty()) listener.set_bind(address);
  const std::optional<HostPort> bind = ParseHostPort(listener.bind());
  if (!bind.has_value()) {
    return faults.Add(absl::StrCat("\"", key, ".bind\" is \"", listener.bind(),
                                   "\", not host:port"));
  }
  if (!bind->IsLoopback() && !insecure) {
    faults.Add(absl::StrCat(
        "\"", key, ".bind\" is ", listener.bind(),
        ": nothing is encrypted yet, so listening to other machines needs "
        "\"insecure: true\""));
  }
  if (listener.advertised().empty()) {
    if (bind->IsWildcard()) {
      return faults.Add(absl::StrCat("\"", key, ".advertised\" is missing: ",
                                     "nobody can dial ", listener.bind()));
    }
    return listener.set_advertised(listener.bind());
  }
  const std::optional<HostPort> advertised =
      ParseHostPort(listener.advertised());
  if (!advertised.has_value() || advertised->IsWildcard() ||
      (advertised->port == 0 && bind->port != 0)) {
    faults.Add(absl::StrCat("\"", key, ".advertised\" is \"",
                            listener.advertised(),
                            "\", not an address to dial (host:port)"));
  }
}

void CheckDistinctPorts(const v1::NodeListeners& listeners, Faults& faults) {
  std::set<std::string> seen;
  for (const v1::ListenerConfig* listener :
       {&listeners.client(), &listeners.peer(), &listeners.http()}) {
    const std::optional<HostPort> bind = ParseHostPort(listener->bind());
    if (!bind.has_value() || bind->port == 0) continue;
    if (!seen.insert(listener->bind()).second) {
      faults.Add(absl::StrCat("two listeners bind to ", listener->bind()));
    }
  }
}

// Ids named in the list.
std::set<int32_t> CheckCluster(const v1::NodeCluster& cluster, Faults& faults) {
  const std::optional<Uuid> id = Uuid::Parse(cluster.id());
  if (cluster.id().empty()) {
    faults.Add("\"cluster.id\" is missing");
  } else if (!id.has_value() || id->IsNil()) {
    faults.Add(absl::StrCat("\"cluster.id\" is \"", cluster.id(),
                            "\", not 22 characters of "
                            "`barnabas storage random-id`"));
  }
  std::set<int32_t> ids;
  for (const std::string& text : cluster.controllers()) {
    const std::optional<ControllerAddress> address =
        ParseControllerAddress(text);
    if (!address.has_value()) {
      faults.Add(absl::StrCat("\"cluster.controllers\" has \"", text,
                              "\", not ID@HOST:PORT"));
    } else if (!ids.insert(address->id.value()).second) {
      faults.Add(absl::StrCat("\"cluster.controllers\" names controller ",
                              address->id.value(), " twice"));
    }
  }
  return ids;
}

void CheckLog(const v1::NodeLog& log, Faults& faults) {
  if (log.verbosity() < 0 || log.verbosity() > kVerbosityMax) {
    faults.Add(absl::StrCat("\"log.verbosity\" is ", log.verbosity(),
                            ", not in 0…", kVerbosityMax));
  }
}

void CheckSnapshots(v1::ControllerSnapshots& snapshots, Faults& faults) {
  if (snapshots.bytes() == 0) snapshots.set_bytes(kSnapshotBytes);
  if (snapshots.bytes() < 0) {
    faults.Add(absl::StrCat("\"snapshots.bytes\" is ", snapshots.bytes(),
                            ", not above 0"));
  }
}

bool Merge(const NodeFile& file, google::protobuf::Message& message,
           Faults& faults) {
  if (!MergeYaml(file.name, file.text, message, faults.list())) return false;
  for (const std::string& assignment : file.overrides) {
    MergeOverride(assignment, message, faults.list());
  }
  return true;
}

}  // namespace

absl::StatusOr<v1::BrokerNodeConfig> ParseBrokerNode(const NodeFile& file) {
  v1::BrokerNodeConfig config;
  Faults faults(file.name);
  if (!Merge(file, config, faults)) return faults.Finish("barnabas-broker");
  CheckNodeId(config.node().id(), faults);
  if (config.node().data_dirs_size() != 1 ||
      config.node().data_dirs(0).empty()) {
    faults.Add(absl::StrCat("\"node.data_dirs\" names ",
                            config.node().data_dirs_size(),
                            " directories; exactly one is supported"));
  }
  const std::set<int32_t> controllers = CheckCluster(config.cluster(), faults);
  if (config.cluster().controllers_size() == 0) {
    faults.Add("\"cluster.controllers\" is missing: name at least one");
  }
  if (controllers.count(config.node().id()) != 0) {
    faults.Add(absl::StrCat("\"node.id\" ", config.node().id(),
                            " is a controller's; ids are one number space"));
  }
  v1::NodeListeners& listeners = *config.mutable_listeners();
  CheckListener("listeners.client", "127.0.0.1:9292", config.insecure(),
                *listeners.mutable_client(), faults);
  CheckListener("listeners.peer", "127.0.0.1:9293", config.insecure(),
                *listeners.mutable_peer(), faults);
  CheckListener("listeners.http", "127.0.0.1:9294", config.insecure(),
                *listeners.mutable_http(), faults);
  CheckDistinctPorts(listeners, faults);
  CheckLog(config.log(), faults);
  const absl::Status status = faults.Finish("barnabas-broker");
  if (!status.ok()) return status;
  return config;
}

absl::StatusOr<v1::ControllerNodeConfig> ParseControllerNode(
    const NodeFile& file) {
  v1::ControllerNodeConfig config;
  Faults faults(file.name);
  if (!Merge(file, config, faults)) return faults.Finish("barnabas-controller");
  CheckNodeId(config.node().id(), faults);
  if (config.node().data_dir().empty()) {
    faults.Add("\"node.data_dir\" is missing");
  }
  CheckCluster(config.cluster(), faults);
  if (config.listeners().has_client()) {
    faults.Add(
        "\"listeners.client\" belongs to brokers; a controller serves "
        "clients on \"listeners.peer\"");
  }
  v1::NodeListeners& listeners = *config.mutable_listeners();
  CheckListener("listeners.peer", "127.0.0.1:9293", config.insecure(),
                *listeners.mutable_peer(), faults);
  CheckListener("listeners.http", "127.0.0.1:9294", config.insecure(),
                *listeners.mutable_http(), faults);
  CheckDistinctPorts(listeners, faults);
  CheckLog(config.log(), faults);
  CheckSnapshots(*config.mutable_snapshots(), faults);
  const absl::Status status = faults.Finish("barnabas-controller");
  if (!status.ok()) return status;
  return config;
}

std::optional<std::string> OverrideOfVariable(std::string_view variable,
                                              std::string_view value) {
  if (variable.substr(0, kVariablePrefix.size()) != kVariablePrefix) {
    return std::nullopt;
  }
  const std::string name =
      absl::AsciiStrToLower(AsAbsl(variable.substr(kVariablePrefix.size())));
  if (name.empty()) return std::nullopt;
  return absl::StrCat(absl::StrReplaceAll(name, {{"__", "."}}), "=",
                      AsAbsl(value));
}

NodeFile WithVariables(
    NodeFile file,
    const std::vector<std::pair<std::string, std::string>>& variables) {
  if (file.name.empty()) file.name = "the command line";
  std::vector<std::string> overrides;
  for (const auto& [variable, value] : variables) {
    std::optional<std::string> setting = OverrideOfVariable(variable, value);
    if (setting.has_value()) overrides.push_back(*std::move(setting));
  }
  overrides.insert(overrides.end(), file.overrides.begin(),
                   file.overrides.end());
  file.overrides = std::move(overrides);
  return file;
}

}  // namespace barnabas::config
