// ProcessProof: what the kernel says became of a process.
//
// What: signals a node's process and waits until /proc or its exit shows it.
// Units: absl::Duration. Empty case: a process that is gone has no state.
// Thread: one at a time. Errors: what was expected and did not show in time.
#ifndef BARNABAS_TESTS_CHAOS_PROCESS_PROOF_H_
#define BARNABAS_TESTS_CHAOS_PROCESS_PROOF_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/e2e/node_process.h"

namespace barnabas::chaos {

// SIGKILL; it ended by that.
absl::Status KillProven(e2e::NodeProcess* process);
// SIGSTOP; every thread stands.
absl::Status PauseProven(e2e::NodeProcess* process);
// SIGCONT; it runs again.
absl::Status ResumeProven(e2e::NodeProcess* process);
// SIGTERM; it ended by itself with exit code 0.
absl::Status StopProven(e2e::NodeProcess* process);

// Lets `process` go on for a while; an error if it ends in that time.
absl::Status Let(e2e::NodeProcess* process, absl::Duration time);

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_PROCESS_PROOF_H_
