#include <algorithm>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/env/random.h"
#include "tools/cli/bench/beside.h"
#include "tools/cli/bench/commands.h"
#include "tools/cli/bench/consume_run.h"
#include "tools/cli/bench/payload.h"
#include "tools/cli/bench/produce_run.h"
#include "tools/cli/bench/results.h"
#include "tools/cli/bench/rounds.h"
#include "tools/cli/bench/topic_flags.h"
#include "tools/cli/bench/watch.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr int64_t kRecordsUsual = 1000000;
// A verified run remembers each record in one byte.
constexpr int64_t kVerifiedMax = int64_t{1} << 30;
constexpr size_t kKeyBytes = 8;

struct Flags {
  TopicFlags topic;
  ProduceLoad load;
  ResultFiles files;
  BesideOptions beside;
  std::string payload_file;
  std::optional<int64_t> keys;
  bool sticky = false;
  bool callbacks = false;
  bool verify = false;
  bool ceiling = false;
  int64_t rounds = 1;
};

using Places = std::vector<std::pair<int32_t, client::StartAt>>;

absl::Status CheckFlags(const Flags& flags) {
  if (flags.verify && !flags.payload_file.empty()) {
    return UsageError("--verify writes into the records: --payload excludes it",
                      "leave one of them out");
  }
  if (flags.verify &&
      flags.load.record_bytes < static_cast<int64_t>(kPayloadBytesMin)) {
    return UsageError(absl::StrCat("records of ", flags.load.record_bytes,
                                   " bytes cannot be told apart"),
                      absl::StrCat("--size ", kPayloadBytesMin, " or more"));
  }
  if (flags.keys.has_value() && flags.sticky) {
    return UsageError("--keys and --sticky exclude each other");
  }
  if (flags.verify && flags.rounds > 1) {
    return UsageError("--verify is for one round", "leave --rounds out");
  }
  return CheckFiles(flags.files);
}

absl::StatusOr<std::vector<std::string>> ReadValues(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> values;
  std::string line;
  while (std::getline(file, line)) values.push_back(line);
  if (values.empty()) {
    return UsageError(absl::StrCat("no lines could be read from ", path),
                      "one value in each line");
  }
  return values;
}

// What the flags say, with what is left open filled in.
ProduceLoad LoadOf(const Flags& flags, int32_t partitions) {
  ProduceLoad load = flags.load;
  load.topic = flags.topic.topic;
  load.partitions = partitions;
  load.run = env::RandomSeed();
  if (load.records == 0 && load.duration == absl::ZeroDuration()) {
    load.records = kRecordsUsual;
  }
  if (flags.verify && load.records == 0) load.records = kVerifiedMax;
  if (flags.keys.has_value()) {
    load.spread = Spread::kKeys;
    load.keys = *flags.keys;
  } else if (flags.sticky) {
    load.spread = Spread::kSticky;
  }
  // An open loop is about latency; a closed one must not be slowed by it.
  load.latency_every = flags.callbacks || load.rate > 0 ? 1 : 100;
  if (load.producer.acks == client::Acks::kNone) {
    load.producer.idempotence = false;
  }
  return load;
}

// Reads everything since `begin` into the ledger.
absl::Status ReadBack(Session& session, const ProduceLoad& load,
                      const Places& begin, Ledger* ledger, int64_t expected) {
  Watch watch(&session, "reading back", expected);
  ConsumeLoad reading;
  reading.consumer.client = load.producer.client;
  reading.topic = load.topic;
  reading.partitions = begin;
  reading.run = load.run;
  reading.ledger = ledger;
  reading.oversight = watch.oversight();
  return RunConsume(&session.clock(), reading).status();
}

absl::StatusOr<ProduceReport> RunWatched(Session& session, ProduceLoad* load) {
  const bool timed = load->duration > absl::ZeroDuration();
  Watch watch(&session, "producing", timed ? 0 : load->records);
  load->oversight = watch.oversight();
  return RunProduce(&session.clock(), *load);
}

absl::StatusOr<Figures> CeilingOf(const Flags& flags, const ProduceLoad& load,
                                  const Figures& run) {
  RecordShape shape;
  shape.bytes =
      run.records > 0 ? run.bytes / run.records : flags.load.record_bytes;
  shape.codec = flags.load.producer.compression;
  if (flags.keys.has_value()) shape.key_bytes = kKeyBytes;
  BesideOptions options = flags.beside;
  options.sync = flags.topic.flush == "disk";
  options.file_count = load.partitions;
  // The same bytes in messages as large as the producer's.
  options.message_bytes = flags.load.producer.max_request_bytes;
  options.window_bytes =
      std::max(options.window_bytes, 4 * options.message_bytes);
  ASSIGN_OR_RETURN(const auto beside, Beside::Start(options));
  return beside->Produce(run.records, shape);
}

Figures FiguresOf(const ProduceReport& report) {
  return {.work = "produce",
          .records = report.records,
          .failed = report.failed,
          .bytes = report.bytes,
          .elapsed = report.elapsed,
          .latency_ns = report.latency_ns};
}

// What came of all rounds.
struct Outcome {
  BenchResult result;
  // The first failed delivery.
  absl::Status failure;
};

absl::StatusOr<Outcome> RunRounds(Session& session, const Flags& flags,
                                  ProduceLoad* load) {
  Outcome outcome;
  std::vector<Round> rounds;
  for (int64_t i = 0; i < flags.rounds; ++i) {
    if (flags.ceiling) Beside::Settle();
    ASSIGN_OR_RETURN(const ProduceReport report, RunWatched(session, load));
    if (outcome.failure.ok()) outcome.failure = report.first_failure;
    Round round{.run = FiguresOf(report)};
    if (flags.ceiling) {
      ASSIGN_OR_RETURN(round.ceiling, CeilingOf(flags, *load, round.run));
    }
    rounds.push_back(std::move(round));
  }
  outcome.result = MiddleOf(std::move(rounds));
  return outcome;
}

absl::Status Run(Session& session, const Flags& flags) {
  RETURN_IF_ERROR(CheckFlags(flags));
  ASSIGN_OR_RETURN(const int32_t partitions,
                   PrepareTopic(session, flags.topic));
  ProduceLoad load = LoadOf(flags, partitions);
  ASSIGN_OR_RETURN(load.producer.client, ClientOptionsFor(session));
  std::vector<std::string> values;
  if (!flags.payload_file.empty()) {
    ASSIGN_OR_RETURN(values, ReadValues(flags.payload_file));
    load.values = &values;
  }
  std::unique_ptr<Ledger> ledger;
  Places begin;
  if (flags.verify) {
    client::ConsumerOptions reader;
    reader.client = load.producer.client;
    ASSIGN_OR_RETURN(begin, EndsOf(reader, load.topic, partitions));
    ledger = std::make_unique<Ledger>(load.records, load.clients);
    load.ledger = ledger.get();
  }
  ASSIGN_OR_RETURN(Outcome outcome, RunRounds(session, flags, &load));
  if (flags.verify) {
    RETURN_IF_ERROR(ReadBack(session, load, begin, ledger.get(),
                             outcome.result.run.records));
    outcome.result.verdict = ledger->Judge();
  }
  RETURN_IF_ERROR(ShowResult(session, outcome.result, flags.files));
  // With a verdict, failed records are accounted for.
  return flags.verify ? absl::OkStatus() : outcome.failure;
}

void AddLoadFlags(Flags* flags, std::vector<Flag>* table) {
  ProduceLoad* load = &flags->load;
  table->push_back({.names = "--records",
                    .value = "N",
                    .help = "How many; default 1000000 without --duration.",
                    .set = SetInteger(&load->records, 1, kVerifiedMax * 64)});
  table->push_back(
      {.names = "--size",
       .value = "SIZE",
       .help = "Bytes of each value; default 100.",
       .set = SetSize(&load->record_bytes, 1, kBatchBytesMax / 2)});
  table->push_back({.names = "--rate",
                    .value = "N",
                    .help = "Records a second; latency counts from when a "
                            "record was due. Default as fast as it can.",
                    .set = SetRate(&load->rate)});
  table->push_back({.names = "--duration",
                    .value = "TIME",
                    .help = "End after this long.",
                    .set = SetDuration(&load->duration)});
  table->push_back({.names = "--payload",
                    .value = "FILE",
                    .help = "Send the lines of this file by turns.",
                    .set = SetText(&flags->payload_file)});
  table->push_back({.names = "--keys",
                    .value = "N",
                    .help = "Give records one of so many keys.",
                    .set = SetInteger(&flags->keys, 1, 1000000000)});
  table->push_back({.names = "--sticky",
                    .help = "Let the producer choose partitions; default: "
                            "each in turn.",
                    .set = SetSwitch(&flags->sticky)});
  table->push_back({.names = "--callbacks",
                    .help = "Ask for a callback, and time, of each record; "
                            "default every 100th.",
                    .set = SetSwitch(&flags->callbacks)});
}

}  // namespace

Command BenchProduce() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "produce", .summary = "Send records and measure"};
  command.details =
      "Example: barnabas bench produce speed --create --partitions 6 "
      "--flush os\n  --acks leader --records 10000000 --ceiling";
  command.writes = true;
  AddTopicFlags(&flags->topic, &command);
  AddLoadFlags(flags.get(), &command.flags);
  command.flags.push_back(
      {.names = "--clients",
       .value = "N",
       .help = "So many producers at once; default 1.",
       .set = [load = &flags->load](const std::string& text) -> absl::Status {
         ASSIGN_OR_RETURN(const int64_t count, ParseInteger(text, 1, 1000));
         load->clients = static_cast<int32_t>(count);
         return absl::OkStatus();
       }});
  AddSendFlags(&flags->load.producer, &command.flags);
  command.flags.push_back({.names = "--verify",
                           .help = "Read everything back: is each "
                                   "acknowledged record there, once, in order?",
                           .set = SetSwitch(&flags->verify)});
  command.flags.push_back({.names = "--ceiling",
                           .help = "Measure beside it what gRPC and the disk "
                                   "allow (--flush says with or without sync).",
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
