#include "tools/cli/frame/app.h"

#include <algorithm>
#include <exception>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/error_text.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/help.h"
#include "tools/cli/frame/parser.h"

namespace barnabas::cli {
namespace {

constexpr absl::Duration kRetryPause = absl::Milliseconds(200);

// Whether the words ask for JSON, for errors that come before flags are read.
bool WantsJson(const std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "-ojson" || words[i] == "--output=json") return true;
    if ((words[i] == "-o" || words[i] == "--output") && i + 1 < words.size() &&
        words[i + 1].starts_with("json")) {
      return true;
    }
  }
  return false;
}

absl::Status RunWatching(const Command& command, Session& session) {
  if (command.writes) {
    return UsageError("--watch goes with commands that only read");
  }
  session.interrupt().Arm();
  do {
    RETURN_IF_ERROR(command.run(session));
  } while (!session.interrupt().WaitFor(session.flags().watch));
  return absl::OkStatus();
}

absl::Status RunCommand(const Command& command, Session& session) {
  const GlobalFlags& flags = session.flags();
  if (flags.watch > absl::ZeroDuration()) return RunWatching(command, session);
  absl::Status status = command.run(session);
  for (int64_t i = 0; i < flags.retry && !command.writes; ++i) {
    if (ExitCodeOf(status) != static_cast<int>(ExitCode::kUnreachable)) break;
    session.SayAt(1, absl::StrCat("no answer, attempt ", i + 2));
    if (session.interrupt().WaitFor(kRetryPause)) break;
    status = command.run(session);
  }
  return status;
}

absl::Status PrintOverrides(Session& session) {
  Document document;
  Table table{{{"KEY"}, {"MEANING"}}, {}};
  Tree list = Tree::List();
  for (const auto& [key, meaning] : OverrideKeys()) {
    table.rows.push_back({key, meaning});
    Tree item = Tree::Object();
    item.Add("key", Tree::Text(key)).Add("meaning", Tree::Text(meaning));
    list.items.push_back(std::move(item));
  }
  document.list = "overrides";
  document.tree = Tree::Object();
  document.tree.Add(document.list, std::move(list));
  document.sections = {{"", std::move(table)}};
  return session.Print(document);
}

// Everything after parsing.
absl::Status Carry(const Command& root, const std::vector<Flag>& globals,
                   const Selection& selected, Session& session) {
  if (session.flags().list_overrides) return PrintOverrides(session);
  const Command& command = *selected.command(root);
  if (selected.help) {
    session.out().Write(HelpText(root, globals, selected));
    return session.out().Flush();
  }
  if (!command.run) {
    session.Say(HelpText(root, globals, selected));
    return UsageError(
        absl::StrCat("\"", PathText(selected), "\" needs a command"));
  }
  return RunCommand(command, session);
}

void PrintError(const absl::Status& status, bool json, Session& session) {
  if (status.ok() || IsSilent(status)) return;
  const World& world = session.world();
  const bool colour =
      world.terminal.err_colour && !session.flags().talk.no_colour;
  const std::string& id = session.used_request_id();
  world.err->Write(json ? ErrorJson(status, id)
                        : ErrorText(status, id, colour));
  world.err->Flush().IgnoreError();
}

// "--version" alone means "version --client".
std::vector<std::string> Rewritten(std::vector<std::string> words) {
  if (words.size() == 1 && words[0] == "--version") {
    return {"version", "--client"};
  }
  return words;
}

int Run(const TreeMaker& make_tree, const std::vector<std::string>& words,
        const World& world) {
  GlobalFlags flags;
  const Command root = make_tree();
  const std::vector<Flag> globals = GlobalFlagTable(&flags);
  Session session(&world, &flags, &root);
  Selection selected;
  absl::Status status =
      ParseCommandLine(root, globals, Rewritten(words), &selected);
  if (status.ok()) status = ApplyOverrides(&flags);
  if (status.ok()) status = Carry(root, globals, selected, session);
  const absl::Status flushed = world.out->Flush();
  if (status.ok()) status = flushed;
  const bool json = flags.form.form == Form::kJson ||
                    flags.form.form == Form::kJsonl || WantsJson(words);
  PrintError(status, json, session);
  return ExitCodeOf(status);
}

}  // namespace

int RunApp(const TreeMaker& make_tree, const std::vector<std::string>& words,
           const World& world) {
  try {
    return Run(make_tree, words, world);
  } catch (const std::exception& error) {
    world.err->Write(absl::StrCat(
        "error: a bug in this command: ", error.what(),
        "\ntry: report it with the command line and `barnabas version`\n"));
    world.err->Flush().IgnoreError();
    return static_cast<int>(ExitCode::kBug);
  }
}

}  // namespace barnabas::cli
