// `config set` and `config unset`.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/config/commands.h"
#include "tools/cli/config/config_scope.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

using Words = std::vector<std::string>;

absl::Status Send(Session& session, v1::AlterConfig change,
                  const std::string& message) {
  if (change.settings().empty()) {
    return UsageError("no setting is named", "barnabas config list");
  }
  const SafeWrites& writes = session.flags().writes;
  v1::AlterConfigRequest request;
  request.set_validate_only(!writes.dry_run.empty());
  request.set_request_id(session.RequestId());
  if (writes.expect_version.has_value()) {
    change.set_expected_version(*writes.expect_version);
  }
  *request.add_changes() = std::move(change);
  std::vector<Outcome> outcomes;
  const std::string note =
      absl::StrCat(message, writes.dry_run.empty() ? "" : " (dry run)");
  if (writes.dry_run == "client") {
    outcomes.push_back({ScopeText(request.changes(0).scope()), absl::OkStatus(),
                        "not sent (dry run)"});
    return PrintOutcomes(session, "settings of", "changed", outcomes,
                         TreeOf(request), "changes");
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::AlterConfigResponse reply,
                   admin->AlterConfig(request));
  for (const v1::AlterConfigResult& result : reply.results()) {
    Outcome outcome{ScopeText(result.scope()), absl::OkStatus(), note};
    if (result.has_error()) outcome.status = FromProto(result.error());
    ForgiveByFlags(session, &outcome);
    outcomes.push_back(std::move(outcome));
  }
  return PrintOutcomes(session, "settings of", "changed", outcomes,
                       TreeOf(reply), "results");
}

absl::Status RunSet(Session& session, Words words) {
  v1::AlterConfig change;
  ASSIGN_OR_RETURN(*change.mutable_scope(), TakeScope(&words));
  for (const std::string& word : words) {
    ASSIGN_OR_RETURN(auto pair, ParseKeyValue(word));
    v1::SettingValue* setting = change.add_settings();
    setting->set_key(std::move(pair.first));
    setting->set_value(std::move(pair.second));
  }
  return Send(session, std::move(change), "set");
}

absl::Status RunUnset(Session& session, Words words) {
  v1::AlterConfig change;
  ASSIGN_OR_RETURN(*change.mutable_scope(), TakeScope(&words));
  for (const std::string& word : words) {
    change.add_settings()->set_key(word);
  }
  return Send(session, std::move(change), "back to the default");
}

Command Make(const char* name, const char* summary, const char* argument,
             absl::Status (*run)(Session&, Words)) {
  auto words = std::make_shared<Words>();
  Command command{.name = name, .summary = summary};
  command.writes = true;
  command.arguments = {{.name = argument,
                        .help = "SCOPE is cluster, broker/ID or topic/NAME.",
                        .min = 1,
                        .max = -1,
                        .set = AddText(words.get()),
                        .completes = run == RunUnset
                                         ? Completes::kScopedKey
                                         : Completes::kScopedSetting}};
  command.run = [words, run](Session& session) { return run(session, *words); };
  return command;
}

}  // namespace

Command ConfigSet() {
  return Make("set", "Set settings", "[SCOPE] KEY=VALUE", RunSet);
}

Command ConfigUnset() {
  return Make("unset", "Set settings back to their defaults", "[SCOPE] KEY",
              RunUnset);
}

}  // namespace barnabas::cli
