// Process metrics: what any program of ours tells of its own process.
//
// What: process_resident_memory_bytes, process_open_fds,
//   process_start_time_seconds, by their standard names.
// Units: bytes, counts, seconds. Empty case: what cannot be read is 0.
// Thread: registered once; values are asked for on the HTTP thread.
// Errors: none.
#ifndef BARNABAS_STORAGE_ENV_PROCESS_METRICS_H_
#define BARNABAS_STORAGE_ENV_PROCESS_METRICS_H_

#include "storage/env/clock.h"
#include "storage/env/metrics.h"

namespace barnabas::env {

void RegisterProcessMetrics(const Clock& clock, Registry* registry);

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_PROCESS_METRICS_H_
