#include <string>
#include <utility>

#include "tools/cli/root.h"

namespace barnabas::cli {
namespace {

struct Later {
  const char* name;
  const char* summary;
  const char* instead;
  std::vector<std::string> aliases = {};
  // Its verbs; without any the command itself is refused.
  std::vector<std::string> verbs = {};
};

Command Refused(const Later& later) {
  Command command{
      .name = later.name, .aliases = later.aliases, .summary = later.summary};
  if (later.verbs.empty()) {
    command.refused = later.instead;
    return command;
  }
  for (const std::string& verb : later.verbs) {
    command.children.push_back(Command{.name = verb,
                                       .summary = "Comes with a later release",
                                       .refused = later.instead});
  }
  return command;
}

// What moves data and cluster.
std::vector<Later> LaterNouns() {
  return {
      {"group",
       "Consumer groups",
       "consume with -p and -o",
       {"groups", "g"},
       {"list", "describe", "lag", "delete", "seek", "offsets",
        "remove-member"}},
      {"txn",
       "Transactions",
       "idempotent producers, which are the default",
       {},
       {"list", "describe", "producers", "abort"}},
      {"quota",
       "Quotas",
       "no quotas in this release",
       {},
       {"list", "describe", "set", "delete"}},
  };
}

// What helps to operate it.
std::vector<Later> LaterTools() {
  return {
      {"security",
       "Users, tokens, ACLs, certificates",
       "listeners on loopback, or a trusted network",
       {},
       {"user", "token", "acl", "role", "certs"}},
      {"schema",
       "Schemas",
       "plain bytes",
       {},
       {"register", "get", "list", "check", "delete"}},
      {"check",
       "Monitoring checks",
       "barnabas health, and http://NODE:9294/readyz",
       {},
       {"cluster", "topic", "group", "cert"}},
      {"debug",
       "Looking into running nodes",
       "http://NODE:9294/metrics, barnabas broker log-level",
       {},
       {"bundle", "channels", "metrics", "stacks", "trace"}},
      {"generate",
       "Dashboards, rules, manifests",
       "the page ARCHITECTURE.md",
       {},
       {"grafana", "prometheus", "alerts", "kubernetes", "systemd", "client"}},
      {"rollout",
       "Rolling restarts",
       "stop and start one node at a time",
       {},
       {"restart"}},
      {"man", "Manual pages", "barnabas help COMMAND"},
  };
}

}  // namespace

std::vector<Command> LaterCommands() {
  std::vector<Command> commands;
  for (const Later& later : LaterNouns()) commands.push_back(Refused(later));
  for (const Later& later : LaterTools()) commands.push_back(Refused(later));
  return commands;
}

}  // namespace barnabas::cli
