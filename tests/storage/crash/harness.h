// Harness: the ways to break a workload, each a run with its own faults.
//
// Units: bytes, counts. Empty case: a run without steps checks the formatting.
// Thread: one test. Errors: the first failure; nullopt when all held.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_HARNESS_H_
#define BARNABAS_TESTS_STORAGE_CRASH_HARNESS_H_

#include <cstdint>
#include <optional>

#include "tests/storage/crash/run.h"
#include "tests/storage/crash/tally.h"
#include "tests/support/fault_plan.h"

namespace barnabas::crash {

// The power fails after each operation.
std::optional<Failure> RunCuts(const RunOptions& options, Tally* tally);

struct FaultOutcome {
  std::optional<Failure> failure;
  // The operation that was to fail was reached.
  bool met = false;
};

// One operation fails. What it leaves is cut; then the node starts anew on
// the same disk, without a power cut, works on and is cut again (S6).
FaultOutcome RunFault(const RunOptions& options,
                      const support::FaultPlan::Rule& rule, Tally* tally);

// The process is killed in its `after`-th change to the disk and starts anew;
// the power fails only then, before anything else was synced.
FaultOutcome RunKilled(const RunOptions& options, int64_t after, Tally* tally);

// The disk is full once `bytes_left` more were written; when there is space
// again the same logs go on (S7).
FaultOutcome RunFull(const RunOptions& options, int64_t bytes_left,
                     Tally* tally);

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_HARNESS_H_
