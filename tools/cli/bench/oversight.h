// Oversight: how a run is followed and ended from outside.
//
// Units: records. Empty case: null pointers: nobody looks.
// Thread: both may be used from any thread while the run goes on. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_BENCH_OVERSIGHT_H_
#define BARNABAS_TOOLS_CLI_BENCH_OVERSIGHT_H_

#include <atomic>
#include <cstdint>

namespace barnabas::cli {

struct Oversight {
  // Counts what is done, for a progress bar.
  std::atomic<int64_t>* progress = nullptr;
  // Set by anyone to end early.
  const std::atomic<bool>* cancelled = nullptr;

  bool Cancelled() const { return cancelled != nullptr && cancelled->load(); }
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_OVERSIGHT_H_
