// ContextStore: the named clusters of a user.
//
// What: the file contexts.yaml under $XDG_CONFIG_HOME/barnabas (or
//   ~/.config/barnabas): names, their bootstrap lists, which one is current
//   and which one was before. No secret ever stands in it.
// Units: none. Empty case: no file is no context.
// Thread: one at a time; two processes may race, the last writer wins whole
//   (the file is replaced in one step).
// Errors: INVALID_REQUEST with exit 2 for a malformed file, naming line and
//   column; UNKNOWN... as NotFound (exit 4) for a name that is not there;
//   DIRECTORY_UNUSABLE when it cannot be written.
#ifndef BARNABAS_TOOLS_CLI_CONTEXT_CONTEXT_STORE_H_
#define BARNABAS_TOOLS_CLI_CONTEXT_CONTEXT_STORE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace barnabas::cli {

struct NamedContext {
  std::vector<std::string> bootstrap;
  std::string description;
};

struct Contexts {
  std::string current;
  std::string previous;
  std::map<std::string, NamedContext> named;

  // Makes `name` current and remembers the one before; "-" goes back.
  absl::Status Use(const std::string& name);
  // The context, or NotFound with the nearest name.
  absl::StatusOr<NamedContext> Get(const std::string& name) const;
};

// Reads a variable of the environment.
using Environment =
    std::function<std::optional<std::string>(const std::string&)>;

std::string ContextsPath(const Environment& environment);
absl::StatusOr<Contexts> LoadContexts(const std::string& path);
absl::Status SaveContexts(const std::string& path, const Contexts& contexts);

// Letters, digits, '.', '_', '-'; not "-" alone.
absl::Status CheckContextName(const std::string& name);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CONTEXT_CONTEXT_STORE_H_
