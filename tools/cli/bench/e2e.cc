#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/env/random.h"
#include "tools/cli/bench/beside.h"
#include "tools/cli/bench/commands.h"
#include "tools/cli/bench/e2e_run.h"
#include "tools/cli/bench/results.h"
#include "tools/cli/bench/topic_flags.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// Without --records: so many seconds of the rate.
constexpr double kSecondsUsual = 10;
constexpr int64_t kOneByOneUsual = 2000;
constexpr int64_t kRoundTrips = 5000;

struct Flags {
  TopicFlags topic;
  E2eLoad load;
  ResultFiles files;
  BesideOptions beside;
  absl::Duration duration;
  bool ceiling = false;
};

E2eLoad LoadOf(const Flags& flags, int32_t partitions) {
  E2eLoad load = flags.load;
  load.topic = flags.topic.topic;
  load.partitions = partitions;
  load.run = env::RandomSeed();
  if (load.records == 0) {
    const double seconds = flags.duration > absl::ZeroDuration()
                               ? absl::ToDoubleSeconds(flags.duration)
                               : kSecondsUsual;
    load.records = load.rate > 0 ? static_cast<int64_t>(load.rate * seconds)
                                 : kOneByOneUsual;
  }
  if (load.warm_up < 0) {
    load.warm_up = std::min<int64_t>(
        load.records / 2,
        load.rate > 0 ? static_cast<int64_t>(3 * load.rate) : 500);
  }
  if (load.producer.acks == client::Acks::kNone) {
    load.producer.idempotence = false;
  }
  return load;
}

absl::Status Run(Session& session, const Flags& flags) {
  RETURN_IF_ERROR(CheckFiles(flags.files));
  ASSIGN_OR_RETURN(const int32_t partitions,
                   PrepareTopic(session, flags.topic));
  E2eLoad load = LoadOf(flags, partitions);
  ASSIGN_OR_RETURN(load.producer.client, ClientOptionsFor(session));
  load.consumer.client = load.producer.client;
  ASSIGN_OR_RETURN(const E2eReport report, RunE2e(&session.clock(), load));
  BenchResult result;
  result.run = {.work = "e2e",
                .records = report.records,
                .bytes = report.records * load.record_bytes,
                .elapsed = report.elapsed,
                .latency_ns = report.latency_ns};
  if (flags.ceiling) {
    ASSIGN_OR_RETURN(const auto beside, Beside::Start(flags.beside));
    ASSIGN_OR_RETURN(Figures ceiling,
                     beside->RoundTrip(kRoundTrips, load.record_bytes));
    result.ceilings.push_back(std::move(ceiling));
  }
  return ShowResult(session, result, flags.files);
}

void AddLoadFlags(Flags* flags, std::vector<Flag>* table) {
  E2eLoad* load = &flags->load;
  table->push_back({.names = "--rate",
                    .value = "N",
                    .help = "Records a second, default 1000; max sends each "
                            "when the one before was read.",
                    .set = SetRate(&load->rate)});
  table->push_back({.names = "--records",
                    .value = "N",
                    .help = "How many; default ten seconds of the rate.",
                    .set = SetInteger(&load->records, 1, 1000000000)});
  table->push_back({.names = "--duration",
                    .value = "TIME",
                    .help = "So long instead.",
                    .set = SetDuration(&flags->duration)});
  table->push_back({.names = "--warm-up",
                    .value = "N",
                    .help = "Sent first and not counted; default three "
                            "seconds of the rate.",
                    .set = SetInteger(&load->warm_up, 0, 1000000000)});
  table->push_back(
      {.names = "--size",
       .value = "SIZE",
       .help = "Bytes of each value; default 100.",
       .set = SetSize(&load->record_bytes, 1, kBatchBytesMax / 2)});
}

}  // namespace

Command BenchE2e() {
  auto flags = std::make_shared<Flags>();
  flags->load.records = 0;
  flags->load.warm_up = -1;
  Command command{.name = "e2e",
                  .summary = "Measure from Send to the reader's hands"};
  command.details =
      "Example: barnabas bench e2e speed --rate 10000 --acks leader --ceiling";
  command.writes = true;
  AddTopicFlags(&flags->topic, &command);
  AddLoadFlags(flags.get(), &command.flags);
  AddSendFlags(&flags->load.producer, &command.flags);
  command.flags.push_back({.names = "--ceiling",
                           .help = "Measure beside it how long a message "
                                   "takes over a raw stream and back.",
                           .set = SetSwitch(&flags->ceiling)});
  AddResultFlags(&flags->files, &command.flags);
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
