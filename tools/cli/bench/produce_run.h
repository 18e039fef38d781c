// ProduceRun: sends records as fast, or as evenly, as asked, and measures.
//
// What: `bench produce`: one or more producers, each with a thread of its own.
// Units: records, bytes, nanoseconds.
// Empty case: no records and no duration is an error of the caller; a run
//   that sends nothing reports zeros.
// Thread: Run blocks its caller. Errors: what Create, Send or Flush say; single
//   failed deliveries are counted and the first one is kept.
#ifndef BARNABAS_TOOLS_CLI_BENCH_PRODUCE_RUN_H_
#define BARNABAS_TOOLS_CLI_BENCH_PRODUCE_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/producer/producer.h"
#include "storage/env/clock.h"
#include "storage/env/histogram.h"
#include "tools/cli/bench/ledger.h"
#include "tools/cli/bench/oversight.h"

namespace barnabas::cli {

// Which partition a record goes to.
enum class Spread {
  // By turns over all partitions, a stretch to each, named by the sender.
  kEven,
  // By the hash of a key.
  kKeys,
  // As the producer likes (sticky).
  kSticky,
};

struct ProduceLoad {
  client::ProducerOptions producer;
  std::string topic;
  int32_t partitions = 1;
  Spread spread = Spread::kEven;
  // Different keys with Spread::kKeys.
  int64_t keys = 10000;
  // Stops after so many records or so long, whichever comes first; 0 is none.
  int64_t records = 0;
  absl::Duration duration = absl::ZeroDuration();
  int64_t record_bytes = 100;
  // Values to send by turns instead of stamped ones; not empty.
  const std::vector<std::string>* values = nullptr;
  // Records per second over all clients; 0 sends as fast as it can.
  double rate = 0;
  int32_t clients = 1;
  // Latency is taken of every n-th record; 1 asks for a callback each.
  int64_t latency_every = 100;
  uint64_t run = 1;
  // Null unless the run is verified; then latency_every is 1.
  Ledger* ledger = nullptr;
  // Progress counts acknowledged records.
  Oversight oversight;
};

struct ProduceReport {
  int64_t records = 0;
  int64_t failed = 0;
  // Of values of acknowledged records.
  int64_t bytes = 0;
  // From the first Send to the last acknowledgement.
  absl::Duration elapsed;
  env::HistogramSnapshot latency_ns;
  // The first failed delivery; OK if there was none.
  absl::Status first_failure;
};

absl::StatusOr<ProduceReport> RunProduce(const env::Clock* clock,
                                         const ProduceLoad& load);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_PRODUCE_RUN_H_
