// Node files: the few settings that a process needs before it joins.
//
// What: YAML text and overrides become a checked BrokerNodeConfig or
//   ControllerNodeConfig. Listeners that are not named get their default
//   address; an empty `advertised` becomes `bind`.
// Units: ids 1…1,000,000; verbosity 0…9.
// Empty case: an empty file lacks node id, data directory and cluster id, and
//   says so; overrides may give them all.
// Thread: pure functions; the caller reads the file.
// Errors: INVALID_NODE_FILE listing every fault, each with file and line or
//   with the override.
#ifndef BARNABAS_METADATA_CONFIG_NODE_FILE_H_
#define BARNABAS_METADATA_CONFIG_NODE_FILE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "barnabas/v1/config.pb.h"

namespace barnabas::config {

struct NodeFile {
  // As errors name it.
  std::string name;
  std::string text;
  // "a.b=c", applied in order after the text.
  std::vector<std::string> overrides;
};

absl::StatusOr<v1::BrokerNodeConfig> ParseBrokerNode(const NodeFile& file);
absl::StatusOr<v1::ControllerNodeConfig> ParseControllerNode(
    const NodeFile& file);

// The override that an environment variable stands for:
// BARNABAS_CFG_LISTENERS__CLIENT__BIND=x gives "listeners.client.bind=x".
// nullopt for any other variable.
std::optional<std::string> OverrideOfVariable(std::string_view variable,
                                              std::string_view value);

// `file` under what the environment says (names and values) as well: its own
// overrides, which somebody typed, win over those. A file without a name is
// called the command line.
NodeFile WithVariables(
    NodeFile file,
    const std::vector<std::pair<std::string, std::string>>& variables);

}  // namespace barnabas::config

#endif  // BARNABAS_METADATA_CONFIG_NODE_FILE_H_
