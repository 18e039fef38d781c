#include <memory>
#include <utility>

#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/record/compression.h"
#include "tools/cli/bench/beside.h"
#include "tools/cli/bench/commands.h"
#include "tools/cli/bench/results.h"
#include "tools/cli/ceiling/ceiling_files.h"
#include "tools/cli/ceiling/ceiling_process.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr int64_t kRoundTrips = 5000;

struct Flags {
  BesideOptions beside;
  RecordShape shape;
  ResultFiles files;
  std::string flush = "os";
  std::string work = "all";
  int64_t records = 5000000;
};

absl::Status Run(Session& session, const Flags& flags) {
  RETURN_IF_ERROR(CheckFiles(flags.files));
  BesideOptions options = flags.beside;
  options.sync = flags.flush == "disk";
  ASSIGN_OR_RETURN(const auto beside, Beside::Start(options));
  BenchResult result;
  ASSIGN_OR_RETURN(result.run, beside->Produce(flags.records, flags.shape));
  if (flags.work != "produce") {
    ASSIGN_OR_RETURN(Figures fetch, beside->Fetch(flags.records, flags.shape));
    result.ceilings.push_back(std::move(fetch));
  }
  if (flags.work == "all") {
    ASSIGN_OR_RETURN(Figures there_and_back,
                     beside->RoundTrip(kRoundTrips, flags.shape.bytes));
    result.ceilings.push_back(std::move(there_and_back));
  }
  return ShowResult(session, result, flags.files);
}

struct ServerFlags {
  std::string directory;
  std::string flush = "os";
  int64_t files = 1;
};

}  // namespace

Command BenchCeiling() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "ceiling",
                  .summary = "Measure what gRPC and the disk allow here"};
  command.details =
      "Raw streams to a process that only checksums and writes, or reads. "
      "Needs no\ncluster. Example: barnabas bench ceiling --size 1KiB --flush "
      "disk";
  command.flags = {
      {.names = "--records",
       .value = "N",
       .help = "As many bytes as so many records take; default 5000000.",
       .set = SetInteger(&flags->records, 1, INT64_MAX / kBatchBytesMax)},
      {.names = "--size",
       .value = "SIZE",
       .help = "Bytes of each value; default 100.",
       .set = SetSize(&flags->shape.bytes, 1, kBatchBytesMax / 2)},
      {.names = "--message",
       .value = "SIZE",
       .help = "Bytes of each message; default 1MiB.",
       .set = SetSize(&flags->beside.message_bytes, 64, kBatchBytesMax)},
      {.names = "--window",
       .value = "SIZE",
       .help = "Sent and not acknowledged, at most; default 4MiB.",
       .set = SetSize(&flags->beside.window_bytes, 64, INT64_MAX)},
      {.names = "--flush",
       .value = "os|disk",
       .help = "Acknowledge what is in memory (default) or what is synced.",
       .set = SetChoice(&flags->flush, {"os", "disk"})},
      {.names = "--files",
       .value = "N",
       .help = "Messages go to so many files by turns, as to partitions; "
               "default 1.",
       .set =
           SetInteger(&flags->beside.file_count, 1, CeilingFiles::kFilesMax)},
      {.names = "--work",
       .value = "produce|fetch|all",
       .help = "Only produce; produce and fetch; round trips too (default).",
       .set = SetChoice(&flags->work, {"produce", "fetch", "all"})},
      {.names = "--dir",
       .value = "DIR",
       .help = "Where the files are made; default where dev keeps its data.",
       .set = SetText(&flags->beside.directory)},
  };
  AddResultFlags(&flags->files, &command.flags);
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

Command BenchCeilingServer() {
  auto flags = std::make_shared<ServerFlags>();
  // Without a summary it does not stand in help.
  Command command{.name = "ceiling-server"};
  command.flags = {
      {.names = "--dir", .value = "DIR", .set = SetText(&flags->directory)},
      {.names = "--files",
       .value = "N",
       .set = SetInteger(&flags->files, 1, CeilingFiles::kFilesMax)},
      {.names = "--flush",
       .value = "os|disk",
       .set = SetChoice(&flags->flush, {"os", "disk"})}};
  command.run = [flags](Session&) {
    if (flags->directory.empty()) return UsageError("--dir is needed");
    return ServeCeiling({.program = {},
                         .directory = flags->directory,
                         .file_count = flags->files,
                         .sync = flags->flush == "disk"});
  };
  return command;
}

}  // namespace barnabas::cli
