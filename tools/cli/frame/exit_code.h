// ExitCode: what the command tells its caller by number (`help exit-codes`).
//
// What: maps a status to the process's exit code, and makes the statuses that
//   carry a code of their own.
// Empty case: OK is 0. Thread: pure functions. Errors: these are the errors;
//   a status without an own code maps by its gRPC code.
// Always true: an outcome that is unknown (REQUEST_TIMED_OUT) is 8, never 3.
#ifndef BARNABAS_TOOLS_CLI_FRAME_EXIT_CODE_H_
#define BARNABAS_TOOLS_CLI_FRAME_EXIT_CODE_H_

#include <string_view>

#include "absl/status/status.h"

namespace barnabas::cli {

enum class ExitCode : int {
  kDone = 0,
  kRefused = 1,
  kUsage = 2,
  kUnreachable = 3,
  kNotFound = 4,
  kConflict = 5,
  kNotAllowed = 6,
  kConditionNotMet = 7,
  kOutcomeUnknown = 8,
  kBug = 70,
  kInterrupted = 130,
  kTerminated = 143,
};

// The code that `status` ends the process with.
int ExitCodeOf(const absl::Status& status);

// The same status, ending the process with `code` whatever its gRPC code is.
absl::Status WithExitCode(absl::Status status, int code);

// The same status, its message prefixed with "context: ". Unlike WithContext it
// gives no code to a status that has none, so a deadline stays a deadline.
absl::Status WithPrefix(const absl::Status& status, std::string_view context);

// A wrong flag or argument: exit 2. `hint` is what to type instead.
absl::Status UsageError(std::string_view message, std::string_view hint = "");

// Something of a later release, refused by name: exit 2.
absl::Status Unsupported(std::string_view what, std::string_view instead);

// Ends with `code`; everything worth saying was said already.
absl::Status SilentExit(int code);
bool IsSilent(const absl::Status& status);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_EXIT_CODE_H_
