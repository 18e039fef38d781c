// GlobalFlags: what every command understands (help of the root lists them).
//
// What: the values, and the Flag entries that fill them in.
// Units: absl::Duration. Empty case: defaults as below.
// Thread: filled in by the parser, read afterwards.
// Errors: usage errors of the setters; TLS and credentials are refused by
//   name (UNSUPPORTED_FEATURE, exit 2).
#ifndef BARNABAS_TOOLS_CLI_FRAME_GLOBAL_FLAGS_H_
#define BARNABAS_TOOLS_CLI_FRAME_GLOBAL_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tools/cli/frame/command.h"
#include "tools/cli/output/document.h"

namespace barnabas::cli {

struct Talk {
  int verbosity = 0;
  bool trace = false;
  bool quiet = false;
  bool no_colour = false;
  bool no_progress = false;
};

struct SafeWrites {
  // "", "server" or "client".
  std::string dry_run;
  bool yes = false;
  bool if_exists = false;
  bool if_not_exists = false;
  std::optional<int64_t> expect_version;
};

struct GlobalFlags {
  // "host:port" texts; empty: environment, context, default.
  std::vector<std::string> bootstrap;
  std::string context;
  std::vector<std::pair<std::string, std::string>> overrides;
  bool list_overrides = false;

  FormOptions form;
  bool regex = false;
  // Zero: no watching.
  absl::Duration watch;

  std::optional<absl::Duration> timeout;
  int64_t retry = 0;
  bool version = false;

  SafeWrites writes;
  Talk talk;
};

// Flags that store into `flags`, which outlives them.
std::vector<Flag> GlobalFlagTable(GlobalFlags* flags);

// Applies -X key=value, where the flag itself was not given.
absl::Status ApplyOverrides(GlobalFlags* flags);

// Reads "json", "template=..." into `form`.
absl::Status SetForm(const std::string& text, FormOptions* form);

// The keys of -X with their meaning.
std::vector<std::pair<std::string, std::string>> OverrideKeys();

// "h:p,h:p" as a list; a name without a port gets 9292.
absl::StatusOr<std::vector<std::string>> ParseEndpoints(
    const std::string& text);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_GLOBAL_FLAGS_H_
