// ConfigScope: "cluster", "broker/ID", "topic/NAME" as the API has them.
//
// Units: none. Empty case: no text is the cluster.
// Thread: pure functions.
// Errors: usage errors; client/NAME (quotas) is refused by name.
#ifndef BARNABAS_TOOLS_CLI_CONFIG_CONFIG_SCOPE_H_
#define BARNABAS_TOOLS_CLI_CONFIG_CONFIG_SCOPE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "barnabas/v1/config_admin.pb.h"

namespace barnabas::cli {

absl::StatusOr<v1::ConfigScope> ParseScope(const std::string& text);
std::string ScopeText(const v1::ConfigScope& scope);

// Takes a scope off the front of `words`; a first word that names none is the
// cluster's key and stays.
absl::StatusOr<v1::ConfigScope> TakeScope(std::vector<std::string>* words);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CONFIG_CONFIG_SCOPE_H_
