// Program: how a daemon begins and, if it must, how it says why it ends.
//
// What: BeginProgram sets the process up (allocator, signals, descriptors) and
//   reads the command line: --config FILE and that file's text, --set a.b=c
//   (again and again), --log_*, --version, --help; and variables
//   BARNABAS_CFG_*.
// Units: bytes. Ranges: a file of at most 1 MiB. Empty case: no flags: no file
//   and no overrides.
// Thread: first thing in main, before any other thread.
// Errors: INVALID_SETTING for a flag or argument that makes no sense;
//   INVALID_NODE_FILE for a file that cannot be read or is too large; unknown
//   flags end the process with exit code 1 (absl's parser does that).
#ifndef BARNABAS_STORAGE_ENV_PROGRAM_H_
#define BARNABAS_STORAGE_ENV_PROGRAM_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace barnabas::env {

struct ProgramArguments {
  // Path of the node file, and what stands in it; both may be empty.
  std::string config;
  std::string config_text;
  // "a.b=c" in the order given.
  std::vector<std::string> overrides;
  // Names and values of BARNABAS_CFG_*, sorted.
  std::vector<std::pair<std::string, std::string>> variables;
};

// `about` is what --help says first.
absl::StatusOr<ProgramArguments> BeginProgram(int argc, char** argv,
                                              const std::string& about);

// Says one sentence on standard error: what, where, why and what to do next.
// Returns the exit code: 2 for faults of flags and node file, else 1.
int EndProgram(const std::string& program, const absl::Status& status);

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_PROGRAM_H_
