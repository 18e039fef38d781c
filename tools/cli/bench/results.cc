#include "tools/cli/bench/results.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

absl::Status CannotWrite(const std::string& path) {
  return UsageError(absl::StrCat("cannot write ", path),
                    "name a file in a directory of yours");
}

absl::Status Append(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::app);
  file << text << std::flush;
  return file ? absl::OkStatus() : CannotWrite(path);
}

absl::Status Replace(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text << std::flush;
  return file ? absl::OkStatus() : CannotWrite(path);
}

bool HasContent(const std::string& path) {
  std::ifstream file(path);
  return file && file.peek() != std::ifstream::traits_type::eof();
}

absl::Status WriteFiles(const BenchResult& result, const ResultFiles& files) {
  if (!files.csv.empty()) {
    std::string rows = HasContent(files.csv) ? "" : CsvHeader();
    rows += CsvRow(result.run);
    for (const Figures& ceiling : result.ceilings) rows += CsvRow(ceiling);
    RETURN_IF_ERROR(Append(files.csv, rows));
  }
  if (!files.histogram.empty()) {
    RETURN_IF_ERROR(
        Replace(files.histogram, DistributionOf(result.run.latency_ns)));
  }
  return absl::OkStatus();
}

// What scripts and people read when no form was asked for.
std::string Lines(const BenchResult& result) {
  std::string text = absl::StrCat(LineOf(result.run), "\n");
  for (const Figures& ceiling : result.ceilings) {
    absl::StrAppend(&text, ceiling.work, ": ", LineOf(ceiling), "\n");
  }
  if (result.ratio.has_value()) {
    absl::StrAppendFormat(&text, "%.2f of the ceiling", *result.ratio);
    if (result.rounds > 1 && result.ratio_range.has_value()) {
      absl::StrAppendFormat(&text, " (%.2f to %.2f in %d rounds)",
                            result.ratio_range->first,
                            result.ratio_range->second, result.rounds);
    }
    absl::StrAppend(&text, "\n");
  }
  if (result.verdict.has_value()) {
    absl::StrAppend(&text, result.verdict->ToString(), "\n");
  }
  return text;
}

}  // namespace

void AddResultFlags(ResultFiles* files, std::vector<Flag>* table) {
  table->push_back({.names = "--csv",
                    .value = "FILE",
                    .help = "Add a row with the figures to this file.",
                    .set = SetText(&files->csv)});
  table->push_back({.names = "--histogram",
                    .value = "FILE",
                    .help = "Write the distribution of latencies, as "
                            "HdrHistogram does.",
                    .set = SetText(&files->histogram)});
}

Flag RoundsFlag(int64_t* rounds) {
  return {.names = "--rounds",
          .value = "N",
          .help =
              "Run and ceiling by turns, so often; the middle ones are "
              "shown. Default 1.",
          .set = SetInteger(rounds, 1, 100)};
}

absl::Status CheckFiles(const ResultFiles& files) {
  for (const std::string& path : {files.csv, files.histogram}) {
    if (!path.empty()) RETURN_IF_ERROR(Append(path, ""));
  }
  return absl::OkStatus();
}

absl::Status ShowResult(Session& session, const BenchResult& result,
                        const ResultFiles& files) {
  RETURN_IF_ERROR(WriteFiles(result, files));
  const bool lines = session.flags().form.form == Form::kTable;
  if (lines) session.out().Write(Lines(result));
  if (!lines || session.world().terminal.out_is_tty) {
    RETURN_IF_ERROR(session.Print(DocumentOf(result)));
  }
  RETURN_IF_ERROR(session.out().Flush());
  const bool holds = !result.verdict.has_value() || result.verdict->Holds();
  return holds ? absl::OkStatus()
               : SilentExit(static_cast<int>(ExitCode::kRefused));
}

}  // namespace barnabas::cli
