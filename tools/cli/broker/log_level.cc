#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/broker/broker_targets.h"
#include "tools/cli/broker/commands.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<std::string> changes;
  std::vector<int32_t> brokers;
  std::string severity;
  absl::Duration keep;
  bool local = false;
};

constexpr int64_t kVerbosityMax = 9;

// The requests that the words ask for; none: only show.
absl::StatusOr<std::vector<v1::SetLogLevelRequest>> RequestsOf(
    const Flags& flags) {
  std::vector<v1::SetLogLevelRequest> requests;
  const int64_t for_ms = absl::ToInt64Milliseconds(flags.keep);
  if (!flags.severity.empty()) {
    v1::SetLogLevelRequest request;
    request.set_severity(flags.severity == "info"      ? v1::SEVERITY_INFO
                         : flags.severity == "warning" ? v1::SEVERITY_WARNING
                                                       : v1::SEVERITY_ERROR);
    request.set_for_ms(for_ms);
    requests.push_back(std::move(request));
  }
  for (const std::string& change : flags.changes) {
    ASSIGN_OR_RETURN(const auto pair, ParseKeyValue(change));
    ASSIGN_OR_RETURN(const int64_t verbosity,
                     ParseInteger(pair.second, 0, kVerbosityMax));
    v1::SetLogLevelRequest request;
    request.set_module(pair.first == "all" ? "" : pair.first);
    request.set_verbosity(static_cast<int32_t>(verbosity));
    request.set_for_ms(for_ms);
    requests.push_back(std::move(request));
  }
  return requests;
}

absl::StatusOr<v1::GetLogLevelsResponse> Apply(
    client::NodeClient& node,
    const std::vector<v1::SetLogLevelRequest>& requests) {
  v1::GetLogLevelsResponse levels;
  for (const v1::SetLogLevelRequest& request : requests) {
    ASSIGN_OR_RETURN(v1::SetLogLevelResponse reply, node.SetLogLevel(request));
    levels = std::move(*reply.mutable_levels());
  }
  if (requests.empty()) return node.GetLogLevels();
  return levels;
}

std::string SeverityText(v1::Severity severity) {
  constexpr size_t kPrefix = sizeof("SEVERITY_") - 1;
  return v1::Severity_Name(severity).substr(kPrefix);
}

absl::Status Run(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(const std::vector<v1::SetLogLevelRequest> requests,
                   RequestsOf(flags));
  ASSIGN_OR_RETURN(const std::vector<BrokerTarget> targets,
                   BrokerTargets(session, flags.brokers, flags.local));
  Table table{{{"BROKER"}, {"SEVERITY"}, {"MODULE"}, {"VERBOSITY", true}}, {}};
  Tree list = Tree::List();
  for (const BrokerTarget& target : targets) {
    ASSIGN_OR_RETURN(const std::shared_ptr<client::NodeClient> node,
                     ConnectNode(session, target.endpoint));
    ASSIGN_OR_RETURN(const v1::GetLogLevelsResponse levels,
                     Apply(*node, requests));
    const std::string severity = SeverityText(levels.severity());
    table.rows.push_back(
        {target.name, severity, "all", absl::StrCat(levels.verbosity())});
    for (const v1::LogLevel& level : levels.modules()) {
      table.rows.push_back({target.name, severity, level.module(),
                            absl::StrCat(level.verbosity())});
    }
    Tree item = TreeOf(levels);
    item.keys.insert(item.keys.begin(), "broker");
    item.items.insert(item.items.begin(), Tree::Text(target.name));
    list.items.push_back(std::move(item));
  }
  Tree tree = Tree::Object();
  tree.Add("levels", std::move(list));
  return session.Print({std::move(tree), "levels", {{"", std::move(table)}}});
}

}  // namespace

Command BrokerLogLevel() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "log-level",
                  .summary =
                      "Show or change how much brokers log, while they "
                      "run"};
  command.details =
      "Example: barnabas broker log-level 'partition*=2' --for 10m";
  command.flags = {
      {.names = "--for",
       .value = "TIME",
       .help = "Back to before after this long.",
       .set = SetDuration(&flags->keep)},
      {.names = "--severity",
       .value = "info|warning|error",
       .help = "Lowest severity that is written.",
       .set = SetChoice(&flags->severity, {"info", "warning", "error"})},
      {.names = "--broker",
       .value = "ID",
       .help = "Only these brokers; default all.",
       .set = AddIntegers(&flags->brokers),
       .completes = Completes::kBroker},
      {.names = "--local",
       .help = "Only the node that -b names.",
       .set = SetSwitch(&flags->local)},
  };
  command.arguments = {{.name = "MODULE=N",
                        .help = "Source file stem or glob, or all; nothing "
                                "given shows.",
                        .min = 0,
                        .max = -1,
                        .set = AddText(&flags->changes)}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
