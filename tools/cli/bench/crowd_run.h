// CrowdRun: readers that want little, held open beside somebody else's run.
//
// What: `bench crowd`: consumers that wait at the end of a topic, consumers
//   that read from its start slowly, and long polls at its end that are
//   begun again as soon as they are answered. What others feel of them is
//   measured elsewhere.
// Units: counts; absl::Duration.
// Empty case: a crowd of nobody gathers at once and waits.
// Thread: Run blocks its caller. Errors: what the clients say; a crowd that
//   loses a member ends with the member's status.
#ifndef BARNABAS_TOOLS_CLI_BENCH_CROWD_RUN_H_
#define BARNABAS_TOOLS_CLI_BENCH_CROWD_RUN_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/consumer/consumer.h"
#include "storage/env/clock.h"
#include "tools/cli/bench/oversight.h"

namespace barnabas::cli {

struct CrowdLoad {
  client::ConsumerOptions consumer;
  std::string topic;
  int32_t partitions = 1;
  int64_t idle = 0;
  int64_t slow = 0;
  int64_t polls = 0;
  // From when all are there.
  absl::Duration duration = absl::Seconds(60);
  // Called once, when all are there.
  std::function<void()> on_gathered;
  Oversight oversight;
};

struct CrowdReport {
  // Records that the slow readers took, and answers to the long polls.
  int64_t slow_records = 0;
  int64_t answers = 0;
  // From when all were there.
  absl::Duration elapsed;
};

absl::StatusOr<CrowdReport> RunCrowd(const env::Clock* clock,
                                     const CrowdLoad& load);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_CROWD_RUN_H_
