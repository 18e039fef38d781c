#include "tools/cli/frame/session.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/uuid.h"
#include "storage/env/random.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {

Session::Session(const World* world, const GlobalFlags* flags,
                 const Command* root)
    : world_(*world), flags_(*flags), root_(*root) {}

absl::Status Session::Print(const Document& document) {
  FormOptions form = form_.value_or(flags_.form);
  form.colour = world_.terminal.out_colour && !flags_.talk.no_colour;
  ASSIGN_OR_RETURN(std::string text, Format(document, form));
  if (flags_.watch > absl::ZeroDuration()) {
    if (text == shown_) return absl::OkStatus();
    const bool clears = world_.terminal.out_is_tty &&
                        (form.form == Form::kTable || form.form == Form::kWide);
    if (clears) world_.out->Write("\033[H\033[2J");
    shown_ = text;
  }
  world_.out->Write(text);
  return world_.out->Flush();
}

void Session::Say(std::string_view line) {
  if (flags_.talk.quiet) return;
  absl::MutexLock lock(&say_);
  world_.err->Write(absl::StrCat(AsAbsl(line), "\n"));
  world_.err->Flush().IgnoreError();
}

void Session::SayAt(int level, std::string_view line) {
  if (flags_.talk.verbosity >= level) Say(line);
}

absl::Status Session::Confirm(const std::string& question) {
  if (flags_.writes.yes || !flags_.writes.dry_run.empty()) {
    return absl::OkStatus();
  }
  if (!world_.terminal.in_is_tty || !world_.terminal.err_is_tty) {
    return UsageError(absl::StrCat(question, " needs --yes without a terminal"),
                      "add --yes");
  }
  const std::string answer =
      absl::AsciiStrToLower(world_.ask(absl::StrCat(question, " [y/N] ")));
  if (answer == "y" || answer == "yes") return absl::OkStatus();
  return UsageError("not confirmed; nothing was changed");
}

const std::string& Session::RequestId() {
  if (request_id_.empty()) {
    request_id_ =
        Uuid::FromRandom(env::RandomSeed(), env::RandomSeed()).ToString();
  }
  return request_id_;
}

}  // namespace barnabas::cli
