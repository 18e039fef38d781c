#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "tools/cli/bench/beside.h"
#include "tools/cli/bench/commands.h"
#include "tools/cli/bench/consume_run.h"
#include "tools/cli/bench/results.h"
#include "tools/cli/bench/topic_flags.h"
#include "tools/cli/bench/watch.h"
#include "tools/cli/formats/offset_spec.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

struct Flags {
  TopicFlags topic;
  ConsumeLoad load;
  ResultFiles files;
  BesideOptions beside;
  std::string from = "start";
  int64_t clients = 1;
  bool no_crc = false;
  bool ceiling = false;
};

absl::StatusOr<client::StartAt> PlaceOf(const Session& session,
                                        const std::string& text) {
  ASSIGN_OR_RETURN(
      const OffsetPoint point,
      ParseOffsetPoint(text, session.clock().Wall(), absl::LocalTimeZone()));
  switch (point.kind) {
    case OffsetPoint::Kind::kStart:
      return client::StartAt::Start();
    case OffsetPoint::Kind::kEnd:
      return client::StartAt::End();
    case OffsetPoint::Kind::kOffset:
      return client::StartAt::Offset(point.value);
    case OffsetPoint::Kind::kTime:
      return client::StartAt::Time(point.value);
    case OffsetPoint::Kind::kBeforeEnd:
      return client::StartAt::Last(point.value);
    case OffsetPoint::Kind::kAfterStart:
      break;
  }
  return UsageError(absl::StrCat("--from ", text, " is not a place"),
                    "start, end, an offset or @TIME");
}

// Each consumer has its own partitions and, of --records, its own share.
absl::StatusOr<ConsumeReport> RunAll(Session& session, const ConsumeLoad& load,
                                     size_t clients) {
  std::vector<ConsumeLoad> loads(clients, load);
  for (size_t i = 0; i < clients; ++i) {
    loads[i].partitions.clear();
    for (size_t p = i; p < load.partitions.size(); p += clients) {
      loads[i].partitions.push_back(load.partitions[p]);
    }
    loads[i].records = load.records / static_cast<int64_t>(clients);
    if (i > 0) loads[i].oversight.progress = nullptr;
  }
  std::vector<absl::StatusOr<ConsumeReport>> reports(clients, ConsumeReport());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < clients; ++i) {
    threads.emplace_back([&reports, &loads, &session, i] {
      reports[i] = RunConsume(&session.clock(), loads[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  ConsumeReport all;
  for (const absl::StatusOr<ConsumeReport>& report : reports) {
    RETURN_IF_ERROR(report.status());
    all.records += report->records;
    all.bytes += report->bytes;
    all.elapsed = std::max(all.elapsed, report->elapsed);
    all.first = std::max(all.first, report->first);
  }
  return all;
}

absl::Status AddCeiling(const Flags& flags, BenchResult* result) {
  if (result->run.records == 0) return absl::OkStatus();
  RecordShape shape;
  shape.bytes = result->run.bytes / result->run.records;
  ASSIGN_OR_RETURN(const auto beside, Beside::Start(flags.beside));
  RETURN_IF_ERROR(beside->Produce(result->run.records, shape).status());
  ASSIGN_OR_RETURN(Figures ceiling, beside->Fetch(result->run.records, shape));
  if (ceiling.RecordsPerSecond() > 0) {
    result->ratio = result->run.RecordsPerSecond() / ceiling.RecordsPerSecond();
  }
  result->ceilings.push_back(std::move(ceiling));
  return absl::OkStatus();
}

absl::Status Run(Session& session, const Flags& flags) {
  RETURN_IF_ERROR(CheckFiles(flags.files));
  ASSIGN_OR_RETURN(const client::StartAt from, PlaceOf(session, flags.from));
  ASSIGN_OR_RETURN(const int32_t partitions,
                   PrepareTopic(session, flags.topic));
  ConsumeLoad load = flags.load;
  load.topic = flags.topic.topic;
  load.partitions = AllPartitions(partitions, from);
  load.consumer.check_crc = !flags.no_crc;
  ASSIGN_OR_RETURN(load.consumer.client, ClientOptionsFor(session));
  const auto clients =
      static_cast<size_t>(std::min<int64_t>(flags.clients, partitions));
  ConsumeReport report;
  {
    Watch watch(&session, "consuming", load.records);
    load.oversight = watch.oversight();
    ASSIGN_OR_RETURN(report, RunAll(session, load, clients));
  }
  BenchResult result;
  result.run = {.work = "consume",
                .records = report.records,
                .bytes = report.bytes,
                .elapsed = report.elapsed,
                .latency_ns = {},
                .first = report.first};
  if (flags.ceiling) RETURN_IF_ERROR(AddCeiling(flags, &result));
  return ShowResult(session, result, flags.files);
}

void AddLoadFlags(Flags* flags, std::vector<Flag>* table) {
  ConsumeLoad* load = &flags->load;
  table->push_back({.names = "--records",
                    .value = "N",
                    .help = "End after so many; default: at the end of every "
                            "partition.",
                    .set = SetInteger(&load->records, 1, INT64_MAX)});
  table->push_back({.names = "--from",
                    .value = "PLACE",
                    .help = "start (default), end, an offset or @TIME.",
                    .set = SetText(&flags->from)});
  table->push_back({.names = "--clients",
                    .value = "N",
                    .help = "So many consumers, partitions shared out; "
                            "default 1.",
                    .set = SetInteger(&flags->clients, 1, 1000)});
  table->push_back(
      {.names = "--prefetch",
       .value = "SIZE",
       .help = "Fetched ahead, at most; default 16MiB.",
       .set = SetSize(&load->consumer.prefetch_bytes, 1, INT64_MAX)});
  table->push_back(
      {.names = "--frame",
       .value = "SIZE",
       .help = "Bytes of one message, about; default 1MiB.",
       .set = SetSize(&load->consumer.frame_bytes, 1, kMessageBytesMax)});
  table->push_back({.names = "--no-crc",
                    .help = "Leave checksums unchecked.",
                    .set = SetSwitch(&flags->no_crc)});
  table->push_back({.names = "--patience",
                    .value = "TIME",
                    .help = "Give up when nothing came for so long; "
                            "default 30s.",
                    .set = SetDuration(&load->patience)});
}

}  // namespace

Command BenchConsume() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "consume",
                  .summary = "Read a topic, touch every record, measure"};
  command.details = "Example: barnabas bench consume speed --ceiling";
  AddTopicFlags(&flags->topic, &command);
  AddLoadFlags(flags.get(), &command.flags);
  command.flags.push_back({.names = "--ceiling",
                           .help = "Measure beside it what gRPC and the page "
                                   "cache allow.",
                           .set = SetSwitch(&flags->ceiling)});
  command.flags.push_back({.names = "--dir",
                           .value = "DIR",
                           .help = "Where the ceiling's file is made.",
                           .set = SetText(&flags->beside.directory)});
  AddResultFlags(&flags->files, &command.flags);
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
