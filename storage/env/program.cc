#include "storage/env/program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "proto/types/version.h"
#include "storage/env/allocator.h"
#include "storage/env/file.h"
#include "storage/env/lock_checks.h"
#include "storage/env/net/tcp_acceptor.h"
#include "storage/env/posix_file.h"
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
// A node file is a page of text; anything far larger is a mistake.
constexpr int64_t kNodeFileBytesMax = kMiB;

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

absl::StatusOr<std::string> ReadText(const std::string& path) {
  PosixFileSystem files;
  ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                   files.Open(path, OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  if (size > kNodeFileBytesMax) {
    return MakeError(ErrorCode::kInvalidNodeFile,
                     absl::StrCat(path, " has ", size, " bytes, more than ",
                                  kNodeFileBytesMax));
  }
  std::string text(static_cast<size_t>(size), '\0');
  ASSIGN_OR_RETURN(const size_t read,
                   file->ReadAt(0, text.size(), text.data()));
  text.resize(read);
  return text;
}

absl::StatusOr<std::string> ReadNodeFile(const std::string& path) {
  if (path.empty()) return std::string();
  absl::StatusOr<std::string> text = ReadText(path);
  if (text.ok()) return text;
  return MakeError(
      ErrorCode::kInvalidNodeFile,
      absl::StrCat("the node file cannot be read: ", text.status().message()),
      "give the path of a readable file to --config");
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
  ASSIGN_OR_RETURN(std::vector<std::string> overrides,
                   TakeOverrides(&arguments));
  const std::vector<char*> rest = absl::ParseCommandLine(
      static_cast<int>(arguments.size()), arguments.data());
  if (rest.size() > 1) {
    return MakeError(ErrorCode::kInvalidSetting,
                     absl::StrCat("\"", rest[1], "\" is no flag"),
                     "see --help");
  }
  ProgramArguments result;
  result.config = absl::GetFlag(FLAGS_config);
  ASSIGN_OR_RETURN(result.config_text, ReadNodeFile(result.config));
  result.overrides = std::move(overrides);
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
