#include "tools/cli/config/commands.h"

namespace barnabas::cli {

Command ConfigCommands() {
  constexpr char kUseSet[] = "use barnabas config set and config describe";
  Command config{.name = "config",
                 .summary = "Settings of the cluster, of brokers, of topics"};
  config.details =
      "SCOPE is cluster (default), broker/ID or topic/NAME.\n"
      "Example: barnabas config set topic/orders retention.ms=86400000";
  config.children = {ConfigGet(), ConfigSet(), ConfigUnset(), ConfigList(),
                     ConfigDescribe()};
  const auto later = [&](const char* name, const char* summary) {
    config.children.push_back(
        {.name = name, .summary = summary, .refused = kUseSet});
  };
  later("edit", "Edit settings in an editor");
  later("export", "Write settings to a file");
  later("import", "Set settings from a file");
  later("diff", "Compare settings with a file");
  later("lint", "Check a node file");
  later("effective", "Every setting with where it comes from");
  later("status", "Settings that wait for a restart");
  return config;
}

}  // namespace barnabas::cli
