// `config get`, `config list` and `config describe`.
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/config/commands.h"
#include "tools/cli/config/config_scope.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

using Words = std::vector<std::string>;

absl::StatusOr<v1::DescribeConfigResponse> Ask(Session& session,
                                               const v1::ConfigScope& scope,
                                               const Words& keys) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  v1::DescribeConfigRequest request;
  *request.mutable_scope() = scope;
  for (const std::string& key : keys) request.add_keys(key);
  return admin->DescribeConfig(request);
}

// "ORIGIN_NODE_FILE" as "node-file".
std::string EnumText(const std::string& name) {
  const size_t at = name.find('_');
  std::string text = absl::AsciiStrToLower(
      at == std::string::npos ? name : name.substr(at + 1));
  for (char& c : text) {
    if (c == '_') c = '-';
  }
  return text == "unspecified" ? "" : text;
}

std::string RangeText(const v1::DescribedSetting& setting) {
  if (setting.choices_size() > 0) return absl::StrJoin(setting.choices(), "|");
  const auto number = [](bool known, double value) {
    if (!known) return std::string();
    // Large bounds mean "any".
    if (value > 9e15) return std::string();
    const auto whole = static_cast<int64_t>(value);
    return static_cast<double>(whole) == value ? absl::StrCat(whole)
                                               : absl::StrCat(value);
  };
  const std::string low = number(setting.has_minimum(), setting.minimum());
  const std::string high = number(setting.has_maximum(), setting.maximum());
  return low.empty() && high.empty() ? "" : absl::StrCat(low, "..", high);
}

Document DocumentOf(const v1::DescribeConfigResponse& reply, bool meanings) {
  Table table{{{"KEY"}, {"VALUE"}, {"ORIGIN"}}, {}};
  if (meanings) {
    for (const char* name : {"DEFAULT", "RANGE", "CHANGE", "MEANING"}) {
      table.columns.push_back({name});
    }
  } else {
    table.columns.push_back({"DEFAULT", false, true});
  }
  for (const v1::DescribedSetting& setting : reply.settings()) {
    std::vector<std::string> row = {setting.key(), setting.value(),
                                    EnumText(v1::Origin_Name(setting.origin())),
                                    setting.default_value()};
    if (meanings) {
      row.push_back(RangeText(setting));
      row.push_back(EnumText(v1::Change_Name(setting.change())));
      row.push_back(setting.doc());
    }
    table.rows.push_back(std::move(row));
  }
  return {TreeOf(reply), "settings", {{"", std::move(table)}}};
}

absl::Status RunGet(Session& session, Words words) {
  ASSIGN_OR_RETURN(const v1::ConfigScope scope, TakeScope(&words));
  if (words.empty()) {
    return UsageError("no setting is named", "barnabas config list");
  }
  ASSIGN_OR_RETURN(const v1::DescribeConfigResponse reply,
                   Ask(session, scope, words));
  Document document = DocumentOf(reply, false);
  const Form form = session.flags().form.form;
  if (form == Form::kTable && words.size() == 1 && reply.settings_size() == 1) {
    // One key in a script: the value alone.
    session.out().Write(absl::StrCat(reply.settings(0).value(), "\n"));
    return session.out().Flush();
  }
  return session.Print(document);
}

absl::Status RunList(Session& session, Words words) {
  ASSIGN_OR_RETURN(const v1::ConfigScope scope, TakeScope(&words));
  ASSIGN_OR_RETURN(const v1::DescribeConfigResponse reply,
                   Ask(session, scope, words));
  return session.Print(DocumentOf(reply, false));
}

absl::Status RunDescribe(Session& session, Words words) {
  ASSIGN_OR_RETURN(const v1::ConfigScope scope, TakeScope(&words));
  ASSIGN_OR_RETURN(const v1::DescribeConfigResponse reply,
                   Ask(session, scope, words));
  return session.Print(DocumentOf(reply, true));
}

Command Make(const char* name, const char* summary, int min,
             absl::Status (*run)(Session&, Words)) {
  auto words = std::make_shared<Words>();
  Command command{.name = name, .summary = summary};
  command.arguments = {{.name = "[SCOPE] KEY",
                        .help = "SCOPE is cluster, broker/ID or topic/NAME.",
                        .min = min,
                        .max = -1,
                        .set = AddText(words.get()),
                        .completes = Completes::kScopedKey}};
  command.run = [words, run](Session& session) { return run(session, *words); };
  return command;
}

}  // namespace

Command ConfigGet() {
  return Make("get", "Print the value of a setting", 1, RunGet);
}

Command ConfigList() {
  Command command = Make("list", "List settings with their values", 0, RunList);
  command.aliases = {"ls"};
  return command;
}

Command ConfigDescribe() {
  Command command = Make("describe",
                         "Settings with value, origin, default, bounds and "
                         "meaning",
                         0, RunDescribe);
  command.aliases = {"info"};
  return command;
}

}  // namespace barnabas::cli
