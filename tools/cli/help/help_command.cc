#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/global_flags.h"
#include "tools/cli/frame/help.h"
#include "tools/cli/frame/nearest.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/help/commands.h"
#include "tools/cli/help/pages.h"

namespace barnabas::cli {
namespace {

const Command* ChildOf(const Command& command, const std::string& name) {
  for (const Command& child : command.children) {
    if (child.name == name ||
        std::count(child.aliases.begin(), child.aliases.end(), name) > 0) {
      return &child;
    }
  }
  return nullptr;
}

absl::Status Unknown(const std::string& word, const Command& command,
                     bool pages) {
  std::vector<std::string> known;
  for (const Command& child : command.children) known.push_back(child.name);
  if (pages) {
    for (std::string& page : HelpPageNames()) known.push_back(std::move(page));
  }
  const std::string near = Nearest(word, known);
  return UsageError(
      absl::StrCat("no help on \"", word, "\""),
      near.empty() ? "" : absl::StrCat("did you mean ", near, "?"));
}

absl::Status Run(Session& session, const std::vector<std::string>& words) {
  if (words.size() == 1) {
    const char* page = HelpPage(words[0]);
    if (page != nullptr) {
      session.out().Write(page);
      return session.out().Flush();
    }
  }
  Selection selected;
  const Command* at = &session.root();
  for (const std::string& word : words) {
    const Command* child = ChildOf(*at, word);
    if (child == nullptr) return Unknown(word, *at, selected.path.empty());
    selected.path.push_back(child);
    at = child;
  }
  GlobalFlags flags;
  const std::vector<Flag> globals = GlobalFlagTable(&flags);
  session.out().Write(HelpText(session.root(), globals, selected));
  return session.out().Flush();
}

}  // namespace

Command HelpCommand() {
  auto words = std::make_shared<std::vector<std::string>>();
  Command command{.name = "help",
                  .summary =
                      "Help on a command, or on kafka, formats, "
                      "exit-codes"};
  command.arguments = {{.name = "TOPIC",
                        .help = "A command, or kafka, formats, exit-codes.",
                        .min = 0,
                        .max = -1,
                        .set = AddText(words.get()),
                        .completes = Completes::kCommand}};
  command.run = [words](Session& session) { return Run(session, *words); };
  return command;
}

}  // namespace barnabas::cli
