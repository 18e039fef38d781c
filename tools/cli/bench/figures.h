// Figures: what a run measured, in every form that it is asked for.
//
// What: one line as Kafka's producer-perf-test prints it, a table, a tree for
//   -o json, a row of a CSV file, and the distribution of the latencies in
//   HdrHistogram's text form.
// Units: bytes of values; MB are 10^6 bytes; milliseconds where named.
// Empty case: no records give zeros; without latencies their columns are left
//   out.
// Thread: plain values, pure functions. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_BENCH_FIGURES_H_
#define BARNABAS_TOOLS_CLI_BENCH_FIGURES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "storage/env/histogram.h"
#include "tools/cli/bench/ledger.h"
#include "tools/cli/output/document.h"

namespace barnabas::cli {

// One measured run, or one ceiling.
struct Figures {
  // "produce", "consume", "e2e", "ceiling produce".
  std::string work = {};
  int64_t records = 0;
  int64_t failed = 0;
  int64_t bytes = 0;
  absl::Duration elapsed = {};
  // Empty: none were taken.
  env::HistogramSnapshot latency_ns = {};
  // To the first record, of a consumer.
  std::optional<absl::Duration> first = {};

  double RecordsPerSecond() const;
  double MegabytesPerSecond() const;
};

// A run, and what it is compared with.
struct BenchResult {
  Figures run = {};
  std::vector<Figures> ceilings = {};
  // run / ceiling, in records per second; absent without a ceiling.
  std::optional<double> ratio = {};
  // Least and most of the rounds' ratios, and how many rounds there were.
  std::optional<std::pair<double, double>> ratio_range = {};
  int64_t rounds = 1;
  std::optional<Verdict> verdict = {};
};

// "5000000 records sent, 812000.3 records/sec (81.20 MB/sec), ...".
std::string LineOf(const Figures& figures);
Document DocumentOf(const BenchResult& result);

std::string CsvHeader();
std::string CsvRow(const Figures& figures);

// HdrHistogram's percentile distribution in milliseconds, as its plotters
// read it.
std::string DistributionOf(const env::HistogramSnapshot& latency_ns);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_FIGURES_H_
