#include "tools/cli/frame/outcomes.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

// "topic "orders"", with which servers begin their messages about an item.
std::string Subject(const std::string& noun, const Outcome& outcome) {
  return absl::StrCat(noun, " \"", outcome.name, "\"");
}

// The failure with its item named, once.
absl::Status Named(const std::string& noun, const std::string& verb,
                   const Outcome& outcome) {
  const std::string subject = Subject(noun, outcome);
  if (AsStd(outcome.status.message()).starts_with(subject)) {
    return outcome.status;
  }
  return WithPrefix(outcome.status, absl::StrCat(subject, " not ", verb));
}

// The failure for a row that names the item already.
std::string Reason(const std::string& noun, const Outcome& outcome) {
  const std::string_view message = AsStd(outcome.status.message());
  const std::string subject = Subject(noun, outcome);
  if (!message.starts_with(subject)) return std::string(message);
  const size_t colon = message.find(": ", subject.size());
  return std::string(
      colon == std::string_view::npos ? message : message.substr(colon + 2));
}

}  // namespace

absl::Status PrintOutcomes(Session& session, const std::string& noun,
                           const std::string& verb,
                           const std::vector<Outcome>& outcomes, Tree tree,
                           const std::string& list) {
  if (outcomes.size() == 1 && !outcomes[0].status.ok()) {
    return Named(noun, verb, outcomes[0]);
  }
  Document document{std::move(tree), list, {}};
  Table table{{{"NAME"}, {"STATUS"}, {"MESSAGE"}}, {}};
  absl::Status first;
  int failed = 0;
  for (const Outcome& outcome : outcomes) {
    const bool ok = outcome.status.ok();
    table.rows.push_back({outcome.name, ok ? "OK" : "FAILED",
                          ok ? outcome.message : Reason(noun, outcome)});
    if (ok) continue;
    if (failed++ == 0) first = Named(noun, verb, outcome);
  }
  document.sections.push_back({"", std::move(table)});
  RETURN_IF_ERROR(session.Print(document));
  if (failed == 0) return absl::OkStatus();
  return WithExitCode(
      WithPrefix(first, absl::StrCat(failed, " of ", outcomes.size(), " ", noun,
                                     "s not ", verb, ", the first")),
      static_cast<int>(ExitCode::kRefused));
}

void ForgiveByFlags(const Session& session, Outcome* outcome) {
  const SafeWrites& writes = session.flags().writes;
  if (writes.if_exists && absl::IsNotFound(outcome->status)) {
    outcome->status = absl::OkStatus();
    outcome->message = "was not there";
  }
  if (writes.if_not_exists && absl::IsAlreadyExists(outcome->status)) {
    outcome->status = absl::OkStatus();
    outcome->message = "was there already";
  }
}

}  // namespace barnabas::cli
