// `context use`, `create`, `edit` and `delete`.
#include <sys/wait.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/context/commands.h"
#include "tools/cli/context/context_store.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr char kDefaultEndpoint[] = "localhost:9292";

// Loads, changes by `change`, saves.
absl::Status Change(Session& session,
                    const std::function<absl::Status(Contexts*)>& change) {
  const std::string path = ContextsPath(session.world().environment);
  ASSIGN_OR_RETURN(Contexts contexts, LoadContexts(path));
  RETURN_IF_ERROR(change(&contexts));
  if (!session.flags().writes.dry_run.empty()) return absl::OkStatus();
  return SaveContexts(path, contexts);
}

absl::Status RunUse(Session& session, const std::string& name) {
  return Change(session, [&](Contexts* contexts) -> absl::Status {
    RETURN_IF_ERROR(contexts->Use(name));
    session.Say(absl::StrCat("context \"", contexts->current, "\" selected"));
    return absl::OkStatus();
  });
}

struct CreateFlags {
  std::string name;
  std::string description;
  bool use = false;
};

absl::Status RunCreate(Session& session, const CreateFlags& flags) {
  RETURN_IF_ERROR(CheckContextName(flags.name));
  return Change(session, [&](Contexts* contexts) -> absl::Status {
    if (contexts->named.contains(flags.name) &&
        !session.flags().writes.if_not_exists) {
      return WithExitCode(
          MakeError(ErrorCode::kInvalidRequest,
                    absl::StrCat("context \"", flags.name, "\" exists"),
                    "barnabas context edit, or delete it first"),
          static_cast<int>(ExitCode::kConflict));
    }
    NamedContext& context = contexts->named[flags.name];
    context.bootstrap = session.flags().bootstrap;
    if (context.bootstrap.empty()) context.bootstrap = {kDefaultEndpoint};
    context.description = flags.description;
    if (flags.use || contexts->current.empty()) {
      RETURN_IF_ERROR(contexts->Use(flags.name));
    }
    session.Say(
        absl::StrCat("context \"", flags.name, "\" created",
                     contexts->current == flags.name ? " and selected" : ""));
    return absl::OkStatus();
  });
}

absl::Status RunDelete(Session& session, const std::string& name) {
  return Change(session, [&](Contexts* contexts) -> absl::Status {
    const absl::StatusOr<NamedContext> found = contexts->Get(name);
    if (!found.ok()) {
      return session.flags().writes.if_exists ? absl::OkStatus()
                                              : found.status();
    }
    contexts->named.erase(name);
    if (contexts->previous == name) contexts->previous.clear();
    if (contexts->current == name) {
      contexts->current = std::exchange(contexts->previous, "");
    }
    session.Say(absl::StrCat("context \"", name, "\" deleted"));
    return absl::OkStatus();
  });
}

absl::Status RunEdit(Session& session) {
  const std::string path = ContextsPath(session.world().environment);
  ASSIGN_OR_RETURN(const Contexts before, LoadContexts(path));
  RETURN_IF_ERROR(SaveContexts(path, before));
  const Environment& environment = session.world().environment;
  std::string editor = environment("EDITOR").value_or("");
  if (editor.empty()) editor = environment("VISUAL").value_or("vi");
  const int ended = std::system(absl::StrCat(editor, " '", path, "'").c_str());
  if (ended == -1 || !WIFEXITED(ended) || WEXITSTATUS(ended) != 0) {
    return UsageError(absl::StrCat("the editor \"", editor, "\" failed"),
                      "set EDITOR to one that works");
  }
  return LoadContexts(path).status();
}

}  // namespace

Command ContextUse() {
  auto name = std::make_shared<std::string>();
  Command command{.name = "use",
                  .aliases = {"select"},
                  .summary = "Make a context current; - goes back"};
  command.writes = true;
  command.arguments = {{.name = "NAME",
                        .help = "The context, or - for the one before.",
                        .set = SetText(name.get()),
                        .completes = Completes::kContext}};
  command.run = [name](Session& session) { return RunUse(session, *name); };
  return command;
}

Command ContextCreate() {
  auto flags = std::make_shared<CreateFlags>();
  Command command{.name = "create",
                  .aliases = {"add"},
                  .summary = "Name a cluster; -b says where it is"};
  command.details =
      "Example: barnabas context create prod -b b1.example.org:9292";
  command.writes = true;
  command.flags = {
      {.names = "--description",
       .value = "TEXT",
       .help = "For people.",
       .set = SetText(&flags->description)},
      {.names = "--use",
       .help = "Make it current at once.",
       .set = SetSwitch(&flags->use)},
  };
  command.arguments = {{.name = "NAME",
                        .help = "Letters, digits, '.', '_', '-'.",
                        .set = SetText(&flags->name)}};
  command.run = [flags](Session& session) {
    return RunCreate(session, *flags);
  };
  return command;
}

Command ContextEdit() {
  Command command{.name = "edit",
                  .summary = "Open the file of all contexts in $EDITOR"};
  command.writes = true;
  command.run = RunEdit;
  return command;
}

Command ContextDelete() {
  auto name = std::make_shared<std::string>();
  Command command{.name = "delete",
                  .aliases = {"rm"},
                  .summary = "Forget a context; the cluster is not touched"};
  command.writes = true;
  command.arguments = {{.name = "NAME",
                        .help = "The context.",
                        .set = SetText(name.get()),
                        .completes = Completes::kContext}};
  command.run = [name](Session& session) { return RunDelete(session, *name); };
  return command;
}

}  // namespace barnabas::cli
