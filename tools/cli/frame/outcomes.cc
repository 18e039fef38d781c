#include "tools/cli/frame/outcomes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {

absl::Status PrintOutcomes(Session& session, const std::string& noun,
                           const std::string& verb,
                           const std::vector<Outcome>& outcomes, Tree tree,
                           const std::string& list) {
  if (outcomes.size() == 1 && !outcomes[0].status.ok()) {
    return WithContext(
        outcomes[0].status,
        absl::StrCat(noun, " \"", outcomes[0].name, "\" not ", verb));
  }
  Document document{std::move(tree), list, {}};
  Table table{{{"NAME"}, {"STATUS"}, {"MESSAGE"}}, {}};
  absl::Status first;
  int failed = 0;
  for (const Outcome& outcome : outcomes) {
    const bool ok = outcome.status.ok();
    table.rows.push_back(
        {outcome.name, ok ? "OK" : "FAILED",
         ok ? outcome.message : std::string(AsStd(outcome.status.message()))});
    if (ok) continue;
    if (failed++ == 0) first = outcome.status;
  }
  document.sections.push_back({"", std::move(table)});
  RETURN_IF_ERROR(session.Print(document));
  if (failed == 0) return absl::OkStatus();
  return WithExitCode(
      WithContext(first, absl::StrCat(failed, " of ", outcomes.size(), " ",
                                      noun, "s not ", verb, ", the first")),
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
