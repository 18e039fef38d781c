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
#include "tools/cli/bench/rounds.h"
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
  int64_t rounds = 1;
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

absl::StatusOr<Figures> CeilingOf(const Flags& flags, const ConsumeLoad& load,
                                  const Figures& run) {
  RecordShape shape;
  shape.bytes = run.bytes / run.records;
  BesideOptions options = flags.beside;
  options.file_count = static_cast<int64_t>(load.partitions.size());
  options.message_bytes = load.consumer.frame_bytes;
  options.window_bytes =
      std::max(options.window_bytes, 4 * options.message_bytes);
  ASSIGN_OR_RETURN(const auto beside, Beside::Start(options));
  RETURN_IF_ERROR(beside->Produce(run.records, shape).status());
  return beside->Fetch(run.records, shape);
}

absl::StatusOr<Figures> RunWatched(Session& session, ConsumeLoad load,
                                   size_t clients) {
  Watch watch(&session, "consuming", load.records);
  load.oversight = watch.oversight();
  ASSIGN_OR_RETURN(const ConsumeReport report, RunAll(session, load, clients));
  return Figures{.work = "consume",
                 .records = report.records,
                 .bytes = report.bytes,
                 .elapsed = report.elapsed,
                 .latency_ns = {},
                 .first = report.first};
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
  std::vector<Round> rounds;
  for (int64_t i = 0; i < flags.rounds; ++i) {
    if (flags.ceiling) Beside::Settle();
    ASSIGN_OR_RETURN(Figures run, RunWatched(session, load, clients));
    Round round{.run = std::move(run)};
    if (flags.ceiling && round.run.records > 0) {
      ASSIGN_OR_RETURN(round.ceiling, CeilingOf(flags, load, round.run));
    }
    rounds.push_back(std::move(round));
  }
  return ShowResult(session, MiddleOf(std::move(rounds)), flags.files);
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
  command.flags.push_back(RoundsFlag(&flags->rounds));
  command.flags.push_back({.names = "--dir",
                           .value = "DIR",
                           .help = "Where the ceiling's files are made.",
                           .set = SetText(&flags->beside.directory)});
  AddResultFlags(&flags->files, &command.flags);
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
