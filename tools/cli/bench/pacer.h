// Pacer: when the next record of an open loop is due.
//
// What: an open loop sends record i at start + i / rate, however slow the
//   answers are, and counts latency from that moment, so that waiting is not
//   hidden (coordinated omission).
// Units: records per second; nanoseconds of monotonic time.
// Empty case: rate 0 is a closed loop: everything is due at once.
// Thread: one. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_BENCH_PACER_H_
#define BARNABAS_TOOLS_CLI_BENCH_PACER_H_

#include <cstdint>

#include "absl/time/time.h"
#include "storage/env/clock.h"

namespace barnabas::cli {

class Pacer {
 public:
  Pacer(const env::Clock* clock, double rate);

  // Waits until record `index` is due; the moment from which its latency
  // counts, in monotonic nanoseconds.
  int64_t WaitFor(int64_t index);

  int64_t NowNs() const;

 private:
  const env::Clock* const clock_;
  const double rate_;
  const absl::Duration start_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_PACER_H_
