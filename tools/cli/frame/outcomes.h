// Outcomes: what became of each item of a write.
//
// What: the table NAME STATUS MESSAGE, and the exit code for all of them.
// Units: none. Empty case: no items, nothing printed, OK.
// Thread: pure but for what it prints.
// Errors: one item alone that failed is its own error (its code decides the
//   exit); of several, any failure is exit 1.
#ifndef BARNABAS_TOOLS_CLI_FRAME_OUTCOMES_H_
#define BARNABAS_TOOLS_CLI_FRAME_OUTCOMES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {

struct Outcome {
  std::string name = {};
  absl::Status status = {};
  // Shown when it succeeded.
  std::string message = {};
};

// `noun` "topic", `verb` "created"; `tree` is the reply, `list` its items.
absl::Status PrintOutcomes(Session& session, const std::string& noun,
                           const std::string& verb,
                           const std::vector<Outcome>& outcomes, Tree tree,
                           const std::string& list);

// OK instead of "not found" with --if-exists, of "exists" with
// --if-not-exists; `message` is then what happened.
void ForgiveByFlags(const Session& session, Outcome* outcome);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_OUTCOMES_H_
