// NodeProcess: the operating system's side of a local node.
//
// What: starts a daemon apart from this process (own session, output into its
//   log file), tells whether it lives, sends it signals.
// Units: absl::Duration. Empty case: a node without pid is not alive.
// Thread: one at a time.
// Errors: STORAGE_ERROR with errno's text when a program cannot be started;
//   NotFound-like INVALID_REQUEST when it is nowhere to be found.
// Always true: a signal goes only to the process that was started here, told
//   by its start time; a zombie is dead.
#ifndef BARNABAS_TOOLS_CLI_DEV_NODE_PROCESS_H_
#define BARNABAS_TOOLS_CLI_DEV_NODE_PROCESS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/cli/dev/dev_state.h"

namespace barnabas::cli {

// "barnabas-broker" beside this program, else on PATH.
absl::StatusOr<std::string> FindProgram(const DevEnvironment& environment,
                                        const std::string& name);

// Starts `words` with output appended to `log_file`; fills pid and start time.
absl::Status Spawn(const std::vector<std::string>& words,
                   const std::string& log_file, DevNode* node);

enum class ProcessState { kDead, kRunning, kPaused };
ProcessState StateOf(const DevNode& node);

// False if the process is gone.
bool SignalNode(const DevNode& node, int signal);

// The last `lines` lines of a file; fewer if it is shorter.
std::string TailOf(const std::string& path, int lines);

// Resident memory in bytes; 0 if dead.
int64_t MemoryOf(const DevNode& node);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DEV_NODE_PROCESS_H_
