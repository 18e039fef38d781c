#include <algorithm>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/data/commands.h"
#include "tools/cli/data/consume_plan.h"
#include "tools/cli/data/record_printer.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/error_text.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// How soon a signal is noticed.
constexpr absl::Duration kPollTime = absl::Milliseconds(200);

struct Flags {
  ConsumeWish wish;
  // As typed: they are read when the time is known.
  std::vector<std::string> offsets;
  bool from_beginning = false;
  int64_t count = 0;
  std::string format;
  bool meta_only = false;
};

// One run: polls, prints, knows when it has enough.
class Run {
 public:
  Run(Session* session, const Flags* flags, RecordPrinter printer,
      client::Consumer* consumer)
      : session_(*session),
        flags_(*flags),
        printer_(std::move(printer)),
        consumer_(*consumer) {}

  absl::Status Assign(const std::vector<PlannedPartition>& planned) {
    std::vector<client::ConsumerPartition> partitions;
    for (const PlannedPartition& one : planned) {
      until_[one.partition] = one.until;
      if (one.until.has_value() && *one.until == 0) {
        until_.erase(one.partition);
        continue;
      }
      partitions.push_back(one.partition);
      if (one.from.kind == client::StartAt::Kind::kOffset) {
        unproven_.insert(one.partition);
      }
    }
    if (partitions.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(consumer_.Assign(partitions, planned.front().from));
    for (const PlannedPartition& one : planned) {
      const client::StartAt& first = planned.front().from;
      if (!until_.contains(one.partition) ||
          (one.from.kind == first.kind && one.from.value == first.value)) {
        continue;
      }
      RETURN_IF_ERROR(consumer_.Seek(one.partition, one.from));
    }
    return DropFinished();
  }

  absl::Status Loop() {
    while (!until_.empty() && !Enough() && !session_.interrupt().Raised()) {
      const int64_t left = flags_.count > 0 ? flags_.count - printed_ : 0;
      ASSIGN_OR_RETURN(const client::PollOutcome outcome,
                       consumer_.Poll(kPollTime, left));
      RETURN_IF_ERROR(Take(outcome));
    }
    RETURN_IF_ERROR(session_.out().Flush());
    if (session_.interrupt().signal() == SIGTERM) {
      return SilentExit(static_cast<int>(ExitCode::kTerminated));
    }
    return corrupt_;
  }

 private:
  using Partition = client::ConsumerPartition;

  bool Enough() const { return flags_.count > 0 && printed_ >= flags_.count; }

  // Partitions that begin at or behind their stop.
  absl::Status DropFinished() {
    for (auto at = until_.begin(); at != until_.end();) {
      if (!at->second.has_value()) {
        ++at;
        continue;
      }
      ASSIGN_OR_RETURN(const int64_t position, consumer_.Position(at->first));
      at = position >= *at->second ? Finish(at) : std::next(at);
    }
    return absl::OkStatus();
  }

  std::map<Partition, std::optional<int64_t>>::iterator Finish(
      std::map<Partition, std::optional<int64_t>>::iterator at) {
    consumer_.Pause(at->first).IgnoreError();
    return until_.erase(at);
  }

  absl::Status Take(const client::PollOutcome& outcome) {
    std::string text;
    for (const auto& batch : outcome.batches) {
      const auto at = until_.find({batch->topic(), batch->partition()});
      if (at == until_.end()) continue;
      unproven_.erase(at->first);
      bool done = false;
      for (const record::RecordView& record : batch->records()) {
        const int64_t offset = record.offset.value();
        if (at->second.has_value() && offset >= *at->second) {
          done = true;
          break;
        }
        if (Enough()) break;
        printer_.Print(*batch, record, &text);
        ++printed_;
        done = at->second.has_value() && offset + 1 >= *at->second;
      }
      if (done) Finish(at);
    }
    session_.out().Write(text);
    RETURN_IF_ERROR(session_.out().Flush());
    for (const Partition& partition : outcome.at_end) {
      // A log may end with records that are never handed out.
      const auto at = until_.find(partition);
      if (at != until_.end() && at->second.has_value()) {
        ASSIGN_OR_RETURN(const int64_t position, consumer_.Position(partition));
        if (position >= *at->second) Finish(at);
      }
    }
    for (const client::PartitionTrouble& trouble : outcome.troubles) {
      RETURN_IF_ERROR(Face(trouble));
    }
    return absl::OkStatus();
  }

  // Damage is told and passed over, and so are records that were let go while
  // they were still to be read; anything else ends the run.
  absl::Status Face(const client::PartitionTrouble& trouble) {
    absl::Status status = WithPrefix(
        trouble.status, absl::StrCat(trouble.partition.topic, "[",
                                     trouble.partition.partition, "]"));
    const std::optional<OffsetRange> range = OffsetRangeOf(status);
    if (CodeOf(status) == ErrorCode::kOffsetOutOfRange && range.has_value() &&
        !unproven_.contains(trouble.partition)) {
      return GoOnAt(trouble.partition, range->begin.value(), status);
    }
    if (CodeOf(status) != ErrorCode::kCorruptRecord) return status;
    session_.Say(absl::StrCat(ErrorText(status, "", false),
                              "skipped: reading goes on behind it"));
    corrupt_ = SilentExit(static_cast<int>(ExitCode::kRefused));
    return consumer_.SkipCorrupt(trouble.partition);
  }

  // Retention, a trim: the log starts at `start` by now.
  absl::Status GoOnAt(const Partition& partition, int64_t start,
                      const absl::Status& status) {
    ASSIGN_OR_RETURN(const int64_t position, consumer_.Position(partition));
    if (position >= start) return status;
    session_.Say(absl::StrCat(partition.topic, "[", partition.partition,
                              "]: records ", position, " to ", start - 1,
                              " were deleted before they were read; reading "
                              "goes on at ",
                              start));
    const auto at = until_.find(partition);
    if (at != until_.end() && at->second.has_value() && *at->second <= start) {
      Finish(at);
      return absl::OkStatus();
    }
    return consumer_.Seek(partition, client::StartAt::Offset(start));
  }

  Session& session_;
  const Flags& flags_;
  const RecordPrinter printer_;
  client::Consumer& consumer_;

  // Partitions still read, with their stops.
  std::map<Partition, std::optional<int64_t>> until_;
  // Begin at an offset that somebody typed, and gave nothing yet.
  std::set<Partition> unproven_;
  int64_t printed_ = 0;
  absl::Status corrupt_;
};

absl::Status Consume(Session& session, Flags flags) {
  for (const std::string& text : flags.offsets) {
    RETURN_IF_ERROR(AddOffsetSpec(text, session.clock().Wall(),
                                  absl::LocalTimeZone(), &flags.wish.offsets));
  }
  if (flags.from_beginning) {
    flags.wish.offsets.from = OffsetPoint{OffsetPoint::Kind::kStart};
  }
  ASSIGN_OR_RETURN(RecordPrinter printer,
                   RecordPrinter::Make(flags.format, flags.meta_only));
  client::ConsumerOptions options;
  ASSIGN_OR_RETURN(options.client, ClientOptionsFor(session));
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const std::vector<PlannedPartition> planned,
                   PlanConsume(*admin, flags.wish));
  ASSIGN_OR_RETURN(const std::unique_ptr<client::Consumer> consumer,
                   client::Consumer::Create(options));
  session.interrupt().Arm();
  Run run(&session, &flags, std::move(printer), consumer.get());
  RETURN_IF_ERROR(run.Assign(planned));
  const absl::Status status = run.Loop();
  consumer->Close().IgnoreError();
  return status;
}

void AddLaterFlags(std::vector<Flag>* table) {
  const auto later = [&](const char* names, const char* value,
                         const char* instead) {
    table->push_back({.names = names, .value = value, .refused = instead});
  };
  later("-g,--group", "GROUP", "leave it out, and say where to begin with -o");
  later("--read-committed", "", "leave it out: there are no transactions yet");
  later("--filter", "EXPR",
        "pipe -f json into jq, or -f '%k\\t%v\\n' into awk");
  later("--rack", "RACK", "leave it out: leaders serve all reads");
}

void AddFlags(Flags* flags, std::vector<Flag>* table) {
  table->push_back({.names = "-o,--offset",
                    .value = "WHERE",
                    .help = "start, end (default), N, -N, +N, @TIME, s@MS, "
                            "e@MS, N:M: barnabas help formats.",
                    .set = AddText(&flags->offsets)});
  table->push_back({.names = "--from-beginning",
                    .help = "Same as -o start.",
                    .set = SetSwitch(&flags->from_beginning)});
  table->push_back({.names = "-p,--partitions",
                    .value = "0,1,4-7",
                    .help = "Only these partitions.",
                    .set = AddIntegers(&flags->wish.partitions)});
  table->push_back({.names = "-n,--num",
                    .value = "N",
                    .help = "End after so many records.",
                    .set = SetInteger(&flags->count, 1, INT64_MAX),
                    .hidden_names = "-c,--max-messages"});
  table->push_back({.names = "-e,--exit-at-end",
                    .help = "End where the topic ends now.",
                    .set = SetSwitch(&flags->wish.until_end)});
  table->push_back({.names = "-f,--format",
                    .value = "FORMAT",
                    .help = "json, raw, or a pattern: barnabas help formats; "
                            "default '%v\\n'.",
                    .set = SetText(&flags->format)});
  table->push_back({.names = "--meta-only",
                    .help = "Leave keys, values and headers out.",
                    .set = SetSwitch(&flags->meta_only)});
  AddLaterFlags(table);
}

}  // namespace

Command ConsumeCommand() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "consume",
                  .aliases = {"sub"},
                  .summary = "Print records of topics as they come"};
  command.details =
      "Example: barnabas consume orders --from-beginning -n 2 "
      "-f '%p/%o %k => %v\\n'\n"
      "-o means the offset here; records are shaped with -f.";
  AddFlags(flags.get(), &command.flags);
  command.arguments = {{.name = "TOPIC",
                        .help = "The topics.",
                        .min = 1,
                        .max = -1,
                        .set = AddText(&flags->wish.topics),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return Consume(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
