// E2eRun: how long a record takes from Send to the reader's hands.
//
// What: `bench e2e`: an open loop of records at a rate, read back by a
//   consumer of the same process; latency counts from when a record was due.
// Units: nanoseconds, records per second.
// Empty case: a rate of 0 sends one at a time, each after the one before it
//   was read.
// Thread: Run blocks its caller. Errors: those of producer and consumer;
//   REQUEST_TIMED_OUT when records do not come back.
#ifndef BARNABAS_TOOLS_CLI_BENCH_E2E_RUN_H_
#define BARNABAS_TOOLS_CLI_BENCH_E2E_RUN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/consumer/consumer.h"
#include "client/producer/producer.h"
#include "storage/env/clock.h"
#include "storage/env/histogram.h"

namespace barnabas::cli {

struct E2eLoad {
  client::ProducerOptions producer;
  client::ConsumerOptions consumer;
  std::string topic;
  int32_t partitions = 1;
  double rate = 1000;
  int64_t records = 10000;
  // Sent first and not measured.
  int64_t warm_up = 1000;
  int64_t record_bytes = 100;
  uint64_t run = 1;
  absl::Duration patience = absl::Seconds(30);
};

struct E2eReport {
  // Measured ones; those that warmed up are in none of these.
  int64_t records = 0;
  // From when the first of them was due to when the last was read.
  absl::Duration elapsed;
  env::HistogramSnapshot latency_ns;
};

absl::StatusOr<E2eReport> RunE2e(const env::Clock* clock, const E2eLoad& load);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_E2E_RUN_H_
