#include "storage/env/log_flags.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

// This file must not see glog, whose FLAGS_log_dir would be ambiguous.
ABSL_FLAG(std::optional<std::string>, log_dir, std::nullopt,
          "Folder for log files; empty means standard error.");
ABSL_FLAG(std::optional<std::string>, log_level, std::nullopt,
          "Lowest severity that is written: info, warning or error.");
ABSL_FLAG(std::optional<int32_t>, log_verbosity, std::nullopt,
          "How much is told: 0 is quiet, up to 9.");
ABSL_FLAG(std::string, log_modules, "",
          "Verbosity by source file stem: partition_log=2,raft*=1.");

namespace barnabas::env {

absl::StatusOr<LogOptions> WithLogFlags(LogOptions options) {
  if (const auto directory = absl::GetFlag(FLAGS_log_dir)) {
    options.directory = *directory;
  }
  if (const auto level = absl::GetFlag(FLAGS_log_level)) {
    absl::StatusOr<LogSeverity> severity = ParseSeverity(*level);
    if (!severity.ok()) return WithContext(severity.status(), "--log_level");
    options.severity = *severity;
  }
  if (const auto verbosity = absl::GetFlag(FLAGS_log_verbosity)) {
    if (*verbosity < 0 || *verbosity > LogLevels::kVerbosityMax) {
      return MakeError(
          ErrorCode::kInvalidSetting,
          absl::StrCat("--log_verbosity is ", *verbosity, ", but may be 0 to ",
                       LogLevels::kVerbosityMax),
          "0 is quiet, 1 and more tell more");
    }
    options.verbosity = *verbosity;
  }
  return options;
}

absl::Status ApplyModuleFlags(LogLevels* levels) {
  const std::string modules = absl::GetFlag(FLAGS_log_modules);
  for (const absl::string_view part :
       absl::StrSplit(modules, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    int32_t verbosity = 0;
    if (pair.first.empty() || !absl::SimpleAtoi(pair.second, &verbosity)) {
      return MakeError(ErrorCode::kInvalidSetting,
                       absl::StrCat("--log_modules has \"", part, "\""),
                       "write it as partition_log=2,raft*=1");
    }
    RETURN_IF_ERROR(levels->SetVerbosity(pair.first, verbosity));
  }
  return absl::OkStatus();
}

absl::Status StartLoggingByFlags(LogOptions options, LogLevels* levels) {
  ASSIGN_OR_RETURN(options, WithLogFlags(std::move(options)));
  RETURN_IF_ERROR(StartLogging(options));
  return ApplyModuleFlags(levels);
}

}  // namespace barnabas::env
