// ConsumeRun: reads a topic back as fast as it comes, touching every record.
//
// What: `bench consume`, and the reading half of --verify.
// Units: records, bytes of keys and values.
// Empty case: without partitions, and of an empty topic, a run ends
//   at once with zeros.
// Thread: Run blocks its caller. Errors: what the consumer says; trouble of a
//   partition ends the run with its status.
#ifndef BARNABAS_TOOLS_CLI_BENCH_CONSUME_RUN_H_
#define BARNABAS_TOOLS_CLI_BENCH_CONSUME_RUN_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/consumer/consumer.h"
#include "storage/env/clock.h"
#include "tools/cli/bench/ledger.h"
#include "tools/cli/bench/oversight.h"

namespace barnabas::cli {

struct ConsumeLoad {
  client::ConsumerOptions consumer;
  std::string topic;
  // Which partitions, each from where.
  std::vector<std::pair<int32_t, client::StartAt>> partitions;
  // Stops after so many; 0 reads to the end of every partition.
  int64_t records = 0;
  // Gives up when nothing came for this long.
  absl::Duration patience = absl::Seconds(30);
  uint64_t run = 1;
  Ledger* ledger = nullptr;
  // Progress counts records read.
  Oversight oversight;
};

// Partitions 0 to `count` - 1, all from the same place.
std::vector<std::pair<int32_t, client::StartAt>> AllPartitions(
    int32_t count, client::StartAt from);

struct ConsumeReport {
  int64_t records = 0;
  int64_t bytes = 0;
  // From the assignment to the last record.
  absl::Duration elapsed;
  // To the first record.
  absl::Duration first;
  // Keeps the compiler from leaving the touching out.
  uint64_t touched = 0;
};

// Where each of `count` partitions ends now, as places to begin at.
absl::StatusOr<std::vector<std::pair<int32_t, client::StartAt>>> EndsOf(
    const client::ConsumerOptions& options, const std::string& topic,
    int32_t count);

absl::StatusOr<ConsumeReport> RunConsume(const env::Clock* clock,
                                         const ConsumeLoad& load);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_CONSUME_RUN_H_
