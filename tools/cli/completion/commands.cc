#include "tools/cli/completion/commands.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/cli/completion/cluster_names.h"
#include "tools/cli/completion/completer.h"
#include "tools/cli/completion/scripts.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// Help is shown beside the value: one line, not too long.
constexpr size_t kHelpMax = 100;

absl::Status Offered(Session& session, const std::vector<std::string>& words) {
  GlobalFlags flags;
  const std::vector<Flag> globals = GlobalFlagTable(&flags);
  const std::unique_ptr<NameSource> names =
      NamesFromCluster(&session.world(), &flags, &session.root());
  const Offers offers =
      CompleteWords(session.root(), globals, words, names.get());
  std::string text;
  for (const Offer& offer : offers.values) {
    absl::StrAppend(&text, offer.value, offer.help.empty() ? "" : "\t",
                    offer.help.substr(0, kHelpMax), "\n");
  }
  session.out().Write(absl::StrCat(text, ":", offers.directive, "\n"));
  return session.out().Flush();
}

Command Script(const char* shell, const char* text, const char* install) {
  Command command{.name = shell,
                  .summary = absl::StrCat("The script for ", shell)};
  command.details = install;
  command.run = [text](Session& session) {
    session.out().Write(text);
    return session.out().Flush();
  };
  return command;
}

}  // namespace

Command CompletionCommand() {
  Command command{.name = "completion",
                  .summary =
                      "Shell completion: commands, flags, names of "
                      "topics and settings"};
  command.children = {
      Script("bash", kBashScript,
             "For this shell: source <(barnabas completion bash)\n"
             "For all: barnabas completion bash > "
             "/etc/bash_completion.d/barnabas"),
      Script("zsh", kZshScript,
             "For this shell: source <(barnabas completion zsh)\n"
             "For all: barnabas completion zsh > "
             "\"${fpath[1]}/_barnabas\""),
      Script("fish", kFishScript,
             "For this shell: barnabas completion fish | source\n"
             "For all: barnabas completion fish > "
             "~/.config/fish/completions/barnabas.fish")};
  return command;
}

Command CompleteCommand() {
  auto words = std::make_shared<std::vector<std::string>>();
  Command command{.name = "__complete"};
  command.arguments = {
      {.name = "WORD", .min = 0, .max = -1, .set = AddText(words.get())}};
  command.run = [words](Session& session) { return Offered(session, *words); };
  return command;
}

}  // namespace barnabas::cli
