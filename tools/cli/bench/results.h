// Results: shows what a bench command measured, and keeps it in files.
//
// What: the line and, on a terminal, the table; -o json the tree; --csv adds a
//   row; --histogram writes the distribution of latencies.
// Units: as figures.h. Empty case: no file names, no files.
// Thread: one at a time.
// Errors: usage errors for files that cannot be written; exit 1 without a
//   further word when the verdict does not hold.
#ifndef BARNABAS_TOOLS_CLI_BENCH_RESULTS_H_
#define BARNABAS_TOOLS_CLI_BENCH_RESULTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/cli/bench/figures.h"
#include "tools/cli/frame/command.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

struct ResultFiles {
  std::string csv;
  std::string histogram;
};

// The flags that fill `files` in.
void AddResultFlags(ResultFiles* files, std::vector<Flag>* table);
// --rounds.
Flag RoundsFlag(int64_t* rounds);

// Before a run, so that a wrong name is told before the work is done.
absl::Status CheckFiles(const ResultFiles& files);

absl::Status ShowResult(Session& session, const BenchResult& result,
                        const ResultFiles& files);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_RESULTS_H_
