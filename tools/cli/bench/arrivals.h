// Arrivals: what of an end-to-end run came back, and how late.
//
// What: counts the records of one run as they are read; measures those behind
//   the warm-up.
// Units: nanoseconds of monotonic time. Ranges: sequences count from 0; the
//   first `warm_up` of them are counted and not measured.
// Empty case: nothing came: zeros.
// Thread: Take by one thread; the rest by it or after it ended.
// Errors: payloads of other runs are passed over.
#ifndef BARNABAS_TOOLS_CLI_BENCH_ARRIVALS_H_
#define BARNABAS_TOOLS_CLI_BENCH_ARRIVALS_H_

#include <cstdint>
#include <limits>
#include <string_view>

#include "absl/time/time.h"
#include "storage/env/histogram.h"

namespace barnabas::cli {

class Arrivals {
 public:
  Arrivals(uint64_t run, int64_t warm_up) : run_(run), warm_up_(warm_up) {}

  // True if `payload` is a record of this run.
  bool Take(std::string_view payload, int64_t now_ns);

  env::HistogramSnapshot latency_ns() const { return latency_ns_.Snapshot(); }
  // From when the first measured record was due to the last one's arrival.
  absl::Duration elapsed() const;

 private:
  const uint64_t run_;
  const int64_t warm_up_;

  env::Histogram latency_ns_;
  int64_t first_due_ns_ = std::numeric_limits<int64_t>::max();
  int64_t last_ns_ = std::numeric_limits<int64_t>::min();
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_ARRIVALS_H_
