#include "tools/cli/bench/figures.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/cli/output/units.h"

namespace barnabas::cli {
namespace {

struct Quantile {
  const char* line_name;
  const char* json_name;
  const char* column;
  double fraction;
};

constexpr Quantile kQuantiles[] = {{"50th", "p50Ms", "P50-MS", 0.5},
                                   {"95th", "p95Ms", "P95-MS", 0.95},
                                   {"99th", "p99Ms", "P99-MS", 0.99},
                                   {"99.9th", "p999Ms", "P99.9-MS", 0.999}};

double Ms(double ns) { return ns / 1e6; }

std::string MsText(double ns) { return absl::StrFormat("%.3f", Ms(ns)); }

std::string VerbOf(const Figures& figures) {
  if (figures.work == "consume" || figures.work == "ceiling consume") {
    return "read";
  }
  if (figures.work == "e2e") return "sent and read";
  return "sent";
}

bool Timed(const Figures& figures) { return figures.latency_ns.count() > 0; }

// A JSON number with decimals.
Tree Decimal(double value) {
  Tree tree;
  tree.kind = Tree::Kind::kNumber;
  tree.text = absl::StrFormat("%.3f", value);
  return tree;
}

Tree TreeOf(const Figures& figures) {
  Tree tree = Tree::Object();
  tree.Add("work", Tree::Text(figures.work))
      .Add("records", Tree::Text(absl::StrCat(figures.records)))
      .Add("failed", Tree::Text(absl::StrCat(figures.failed)))
      .Add("bytes", Tree::Text(absl::StrCat(figures.bytes)))
      .Add("seconds", Decimal(absl::ToDoubleSeconds(figures.elapsed)))
      .Add("recordsPerSecond", Decimal(figures.RecordsPerSecond()))
      .Add("megabytesPerSecond", Decimal(figures.MegabytesPerSecond()));
  if (figures.first.has_value()) {
    tree.Add("firstMs", Decimal(absl::ToDoubleMilliseconds(*figures.first)));
  }
  if (!Timed(figures)) return tree;
  const env::HistogramSnapshot& latency = figures.latency_ns;
  Tree latencies = Tree::Object();
  latencies.Add("count", Tree::Text(absl::StrCat(latency.count())))
      .Add("averageMs", Decimal(Ms(latency.Mean())))
      .Add("maxMs", Decimal(Ms(latency.max())));
  for (const Quantile& quantile : kQuantiles) {
    latencies.Add(quantile.json_name,
                  Decimal(Ms(latency.Percentile(quantile.fraction))));
  }
  tree.Add("latency", std::move(latencies));
  return tree;
}

Tree TreeOf(const Verdict& verdict) {
  Tree tree = Tree::Object();
  tree.Add("holds", Tree::Bool(verdict.Holds()));
  const std::pair<const char*, int64_t> counts[] = {
      {"accepted", verdict.accepted},
      {"acknowledged", verdict.acknowledged},
      {"unknown", verdict.unknown},
      {"read", verdict.read},
      {"lost", verdict.lost},
      {"doubled", verdict.doubled},
      {"reordered", verdict.reordered},
      {"storedWithoutAnswer", verdict.stored_without_answer},
      {"foreign", verdict.foreign}};
  for (const auto& [name, count] : counts) {
    tree.Add(name, Tree::Text(absl::StrCat(count)));
  }
  return tree;
}

std::vector<std::string> RowOf(const Figures& figures) {
  std::vector<std::string> row = {
      figures.work, CountText(figures.records),
      absl::StrFormat("%.2f", absl::ToDoubleSeconds(figures.elapsed)),
      CountText(static_cast<int64_t>(figures.RecordsPerSecond())),
      absl::StrFormat("%.1f", figures.MegabytesPerSecond())};
  const bool timed = Timed(figures);
  const env::HistogramSnapshot& latency = figures.latency_ns;
  row.push_back(timed ? MsText(latency.Mean()) : "-");
  for (const Quantile& quantile : kQuantiles) {
    row.push_back(timed ? MsText(latency.Percentile(quantile.fraction)) : "-");
  }
  row.push_back(timed ? MsText(latency.max()) : "-");
  return row;
}

}  // namespace

double Figures::RecordsPerSecond() const {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(records) / seconds : 0;
}

double Figures::MegabytesPerSecond() const {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(bytes) / seconds / 1e6 : 0;
}

std::string LineOf(const Figures& figures) {
  std::string line =
      absl::StrFormat("%d records %s, %.1f records/sec (%.2f MB/sec)",
                      figures.records, VerbOf(figures),
                      figures.RecordsPerSecond(), figures.MegabytesPerSecond());
  if (figures.first.has_value()) {
    absl::StrAppendFormat(&line, ", first after %.3f ms",
                          absl::ToDoubleMilliseconds(*figures.first));
  }
  if (Timed(figures)) {
    const env::HistogramSnapshot& latency = figures.latency_ns;
    absl::StrAppendFormat(&line, ", %.3f ms avg latency, %.3f ms max latency",
                          Ms(latency.Mean()), Ms(latency.max()));
    for (const Quantile& quantile : kQuantiles) {
      absl::StrAppendFormat(&line, ", %.3f ms %s",
                            Ms(latency.Percentile(quantile.fraction)),
                            quantile.line_name);
    }
  }
  if (figures.failed > 0) {
    absl::StrAppend(&line, ", ", figures.failed, " FAILED");
  }
  return absl::StrCat(line, ".");
}

Document DocumentOf(const BenchResult& result) {
  Document document;
  document.tree = TreeOf(result.run);
  Table table{{{"WORK"},
               {"RECORDS", true},
               {"SECONDS", true},
               {"RECORDS/S", true},
               {"MB/S", true},
               {"AVG-MS", true}},
              {}};
  for (const Quantile& quantile : kQuantiles) {
    table.columns.push_back({quantile.column, true});
  }
  table.columns.push_back({"MAX-MS", true});
  table.rows.push_back(RowOf(result.run));
  Tree ceilings = Tree::List();
  for (const Figures& ceiling : result.ceilings) {
    table.rows.push_back(RowOf(ceiling));
    ceilings.items.push_back(TreeOf(ceiling));
  }
  if (!result.ceilings.empty()) {
    document.tree.Add("ceilings", std::move(ceilings));
  }
  if (result.ratio.has_value()) {
    document.tree.Add("ratio", Decimal(*result.ratio));
  }
  if (result.rounds > 1) {
    document.tree.Add("rounds", Tree::Number(result.rounds));
  }
  if (result.rounds > 1 && result.ratio_range.has_value()) {
    document.tree.Add("ratioMin", Decimal(result.ratio_range->first))
        .Add("ratioMax", Decimal(result.ratio_range->second));
  }
  if (result.verdict.has_value()) {
    document.tree.Add("verdict", TreeOf(*result.verdict));
  }
  document.sections = {{"", std::move(table)}};
  return document;
}

std::string CsvHeader() {
  return "work,records,failed,bytes,seconds,records_per_second,"
         "megabytes_per_second,avg_ms,p50_ms,p95_ms,p99_ms,p99_9_ms,max_ms\n";
}

std::string CsvRow(const Figures& figures) {
  std::string row = absl::StrFormat(
      "%s,%d,%d,%d,%.6f,%.1f,%.3f", figures.work, figures.records,
      figures.failed, figures.bytes, absl::ToDoubleSeconds(figures.elapsed),
      figures.RecordsPerSecond(), figures.MegabytesPerSecond());
  const env::HistogramSnapshot& latency = figures.latency_ns;
  absl::StrAppend(&row, ",", MsText(latency.Mean()));
  for (const Quantile& quantile : kQuantiles) {
    absl::StrAppend(&row, ",", MsText(latency.Percentile(quantile.fraction)));
  }
  return absl::StrCat(row, ",", MsText(latency.max()), "\n");
}

std::string DistributionOf(const env::HistogramSnapshot& latency_ns) {
  std::string text =
      absl::StrFormat("%12s %14s %10s %14s\n\n", "Value", "Percentile",
                      "TotalCount", "1/(1-Percentile)");
  // Five steps to each halving of what is left, as HdrHistogram's own.
  constexpr int kSteps = 5;
  const double count = static_cast<double>(latency_ns.count());
  for (double left = 1; left * count >= 1; left /= 2) {
    for (int step = 0; step < kSteps; ++step) {
      const double fraction = 1 - left * (1 - 0.5 * step / kSteps);
      absl::StrAppendFormat(&text, "%12.3f %2.12f %10d %14.2f\n",
                            Ms(latency_ns.Percentile(fraction)), fraction,
                            static_cast<int64_t>(fraction * count),
                            1 / (1 - fraction));
    }
  }
  absl::StrAppendFormat(&text, "%12.3f %2.12f %10d\n", Ms(latency_ns.max()),
                        1.0, latency_ns.count());
  absl::StrAppendFormat(&text, "#[Mean    = %12.3f]\n", Ms(latency_ns.Mean()));
  absl::StrAppendFormat(&text, "#[Max     = %12.3f, Total count    = %12d]\n",
                        Ms(latency_ns.max()), latency_ns.count());
  return text;
}

}  // namespace barnabas::cli
