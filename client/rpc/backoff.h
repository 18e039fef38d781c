// Backoff: how long to wait before the next attempt.
//
// What: doubles from a first delay up to a bound, then varies by 20 % either
//   way, so that many clients do not come back at the same moment.
// Units: absl::Duration; attempts count failures so far, from 0.
// Ranges: the answer lies in [0.8 first, 1.2 max].
// Empty case: a zero first delay gives zero always.
// Thread: pure function. Errors: none.
#ifndef BARNABAS_CLIENT_RPC_BACKOFF_H_
#define BARNABAS_CLIENT_RPC_BACKOFF_H_

#include <cstdint>

#include "absl/time/time.h"

namespace barnabas::rpc {

struct BackoffRange {
  absl::Duration first = absl::Milliseconds(50);
  absl::Duration max = absl::Seconds(1);
};

// Wait after failure number `attempt`; the same arguments give the same
// answer.
absl::Duration BackoffDelay(const BackoffRange& range, int attempt,
                            uint64_t seed);

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_BACKOFF_H_
