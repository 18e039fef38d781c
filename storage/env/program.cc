#include "storage/env/program.h"

#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <string_view>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/text.h"
#include "proto/types/version.h"
#include "storage/env/allocator.h"
#include "storage/env/lock_checks.h"
#include "storage/env/net/tcp_acceptor.h"
#include "storage/env/signals.h"

ABSL_FLAG(std::string, config, "", "Path of the node file (YAML).");
// Given several times, which absl's flags cannot do: taken out before.
ABSL_FLAG(std::string, set, "",
          "Overrides one value of the node file: --set "
          "listeners.http.bind=127.0.0.1:9294; may be given again.");

namespace barnabas::env {
namespace {

constexpr std::string_view kSet = "--set";
constexpr std::string_view kVariables = "BARNABAS_CFG_";

// Moves all --set out of the command line.
absl::StatusOr<std::vector<std::string>> TakeOverrides(
    std::vector<char*>* arguments) {
  std::vector<std::string> overrides;
  std::vector<char*> rest;
  for (size_t i = 0; i < arguments->size(); ++i) {
    const std::string_view argument((*arguments)[i]);
    std::string_view value;
    if (argument == kSet) {
      if (i + 1 == arguments->size()) {
        return MakeError(ErrorCode::kInvalidSetting,
                         "--set is the last argument",
                         "write --set name=value");
      }
      value = (*arguments)[++i];
    } else if (argument.size() > kSet.size() &&
               argument.substr(0, kSet.size()) == kSet &&
               argument[kSet.size()] == '=') {
      value = argument.substr(kSet.size() + 1);
    } else {
      rest.push_back((*arguments)[i]);
      continue;
    }
    if (value.find('=') == std::string_view::npos) {
      return MakeError(ErrorCode::kInvalidSetting,
                       absl::StrCat("--set ", AsAbsl(value), " has no '='"),
                       "write --set name=value");
    }
    overrides.emplace_back(value);
  }
  *arguments = std::move(rest);
  return overrides;
}

std::vector<std::pair<std::string, std::string>> Variables() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view text(*each);
    const size_t equals = text.find('=');
    if (text.substr(0, kVariables.size()) != kVariables ||
        equals == std::string_view::npos) {
      continue;
    }
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  std::sort(variables.begin(), variables.end());
  return variables;
}

// What --version and --help say.
void Describe(const std::string& about) {
  // absl ends a process that says it twice.
  static std::once_flag once;
  std::call_once(once, [&] { absl::SetProgramUsageMessage(about); });
  absl::FlagsUsageConfig config;
  config.version_string = [] {
    return absl::StrCat(kVersion, " (", kRevision, ")\n");
  };
  // Only flags of this program, not those of its libraries.
  config.contains_help_flags = [](absl::string_view file) {
    return absl::StrContains(file, "storage/env/");
  };
  config.contains_helpshort_flags = config.contains_help_flags;
  absl::SetFlagsUsageConfig(config);
}

}  // namespace

absl::StatusOr<ProgramArguments> BeginProgram(int argc, char** argv,
                                              const std::string& about) {
  TuneAllocator();
  StopLockChecks();
  BlockSignals();
  RaiseDescriptorLimit();
  Describe(about);
  std::vector<char*> arguments(argv, argv + argc);
  absl::StatusOr<std::vector<std::string>> overrides =
      TakeOverrides(&arguments);
  if (!overrides.ok()) return overrides.status();
  const std::vector<char*> rest = absl::ParseCommandLine(
      static_cast<int>(arguments.size()), arguments.data());
  if (rest.size() > 1) {
    return MakeError(ErrorCode::kInvalidSetting,
                     absl::StrCat("\"", rest[1], "\" is no flag"),
                     "see --help");
  }
  ProgramArguments result;
  result.config = absl::GetFlag(FLAGS_config);
  result.overrides = *std::move(overrides);
  result.variables = Variables();
  return result;
}

int EndProgram(const std::string& program, const absl::Status& status) {
  const std::string hint = HintOf(status);
  const std::string text =
      absl::StrCat(program, ": ", status.message(),
                   hint.empty() ? "" : absl::StrCat("; ", hint), "\n");
  [[maybe_unused]] const ssize_t ignored =
      ::write(STDERR_FILENO, text.data(), text.size());
  const ErrorCode code = CodeOf(status);
  const bool usage =
      code == ErrorCode::kInvalidNodeFile || code == ErrorCode::kInvalidSetting;
  return usage ? 2 : 1;
}

}  // namespace barnabas::env
