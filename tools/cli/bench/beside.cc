#include "tools/cli/bench/beside.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "storage/env/posix_file.h"
#include "storage/record/batch_builder.h"
#include "tools/cli/bench/payload.h"
#include "tools/cli/ceiling/ceiling_client.h"
#include "tools/cli/ceiling/ceiling_files.h"

namespace barnabas::cli {
namespace {

constexpr int64_t kSampleBytes = 256 * 1024;

// A directory on the file system that `dev` writes to: another one may be
// memory, and no ceiling at all.
absl::StatusOr<std::string> UsualDirectory() {
  const char* home = std::getenv("XDG_DATA_HOME");
  std::string path;
  if (home != nullptr && *home != '\0') {
    path = home;
  } else {
    const char* user = std::getenv("HOME");
    if (user == nullptr || *user == '\0') return std::string(".");
    path = absl::StrCat(user, "/.local");
    env::PosixFileSystem files;
    RETURN_IF_ERROR(files.CreateDirectory(path));
    path += "/share";
  }
  env::PosixFileSystem files;
  RETURN_IF_ERROR(files.CreateDirectory(path));
  path += "/barnabas";
  RETURN_IF_ERROR(files.CreateDirectory(path));
  return path;
}

// In units of the run's records: values only, as the run counts them.
Figures FiguresOf(std::string work, const CeilingFigure& moved,
                  double batch_bytes, const RecordShape& shape) {
  Figures figures;
  figures.work = std::move(work);
  figures.records =
      static_cast<int64_t>(static_cast<double>(moved.bytes) / batch_bytes);
  figures.bytes = figures.records * shape.bytes;
  figures.elapsed = moved.elapsed;
  return figures;
}

}  // namespace

double BatchBytesPerRecord(const RecordShape& shape) {
  PayloadMaker payload(1, static_cast<size_t>(shape.bytes));
  record::BatchBuilder builder(shape.codec);
  const std::string key_bytes(static_cast<size_t>(shape.key_bytes), 'k');
  const std::optional<std::string_view> key =
      shape.key_bytes > 0 ? std::optional<std::string_view>(key_bytes)
                          : std::nullopt;
  const int64_t records =
      std::max<int64_t>(1, kSampleBytes / (shape.bytes + shape.key_bytes + 10));
  for (int64_t i = 0; i < records; ++i) {
    builder.Append(1700000000000 + i / 100, key, payload.Next(i, i));
  }
  return static_cast<double>(builder.Finish().size()) /
         static_cast<double>(records);
}

Beside::Beside(BesideOptions options, std::unique_ptr<CeilingProcess> process)
    : options_(std::move(options)), process_(std::move(process)) {}

absl::StatusOr<std::unique_ptr<Beside>> Beside::Start(
    const BesideOptions& options) {
  CeilingProcess::Options far;
  far.directory = options.directory;
  far.file_count = std::min(options.file_count, CeilingFiles::kFilesMax);
  far.sync = options.sync;
  if (far.directory.empty()) {
    ASSIGN_OR_RETURN(far.directory, UsualDirectory());
  }
  Settle();
  ASSIGN_OR_RETURN(auto process, CeilingProcess::Start(far));
  return std::unique_ptr<Beside>(new Beside(options, std::move(process)));
}

void Beside::Settle() { sync(); }

absl::StatusOr<Figures> Beside::Produce(int64_t records,
                                        const RecordShape& shape) {
  const double batch_bytes = BatchBytesPerRecord(shape);
  CeilingLoad load;
  load.target = process_->target();
  load.message_bytes = options_.message_bytes;
  load.window_bytes = options_.window_bytes;
  load.total_bytes = std::max<int64_t>(
      load.message_bytes,
      static_cast<int64_t>(static_cast<double>(records) * batch_bytes));
  ASSIGN_OR_RETURN(const CeilingFigure moved, MeasureProduceCeiling(load));
  return FiguresOf("ceiling produce", moved, batch_bytes, shape);
}

absl::StatusOr<Figures> Beside::Fetch(int64_t records,
                                      const RecordShape& shape) {
  CeilingLoad load;
  load.target = process_->target();
  load.message_bytes = options_.message_bytes;
  load.window_bytes = options_.window_bytes;
  ASSIGN_OR_RETURN(const CeilingFigure moved, MeasureFetchCeiling(load));
  return FiguresOf("ceiling consume", moved, BatchBytesPerRecord(shape), shape);
}

absl::StatusOr<Figures> Beside::RoundTrip(int64_t count, int64_t bytes) {
  CeilingLoad load;
  load.target = process_->target();
  load.message_bytes = bytes;
  Figures figures;
  figures.work = "ceiling round trip";
  ASSIGN_OR_RETURN(figures.latency_ns, MeasureRoundTrip(load, count));
  figures.records = static_cast<int64_t>(figures.latency_ns.count());
  figures.bytes = figures.records * bytes;
  figures.elapsed = absl::Nanoseconds(figures.latency_ns.sum());
  return figures;
}

}  // namespace barnabas::cli
