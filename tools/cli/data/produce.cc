#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/discovery.pb.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/record/compression.h"
#include "tools/cli/data/commands.h"
#include "tools/cli/data/delivery_report.h"
#include "tools/cli/data/record_input.h"
#include "tools/cli/data/topic_check.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr size_t kReadBytes = 64 * 1024;
constexpr absl::Duration kClosePatience = absl::Seconds(30);

// What comes back on stdout.
struct Echo {
  std::string format;
  bool tee = false;
};

struct Flags {
  std::string topic;
  std::vector<std::string> files;
  std::optional<std::string> key;
  std::string key_delimiter;
  std::string delimiter = "\n";
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<int32_t> partition;
  std::string codec = "none";
  std::string format;
  Echo echo;
  bool null_empty = false;
  bool no_create = false;
  std::string acks = "all";
  std::string idempotent = "true";
  double rate = 0;
};

absl::StatusOr<client::ProducerOptions> OptionsOf(const Session& session,
                                                  const Flags& flags) {
  client::ProducerOptions options;
  ASSIGN_OR_RETURN(options.client, ClientOptionsFor(session));
  options.acks = flags.acks == "none"     ? client::Acks::kNone
                 : flags.acks == "leader" ? client::Acks::kLeader
                                          : client::Acks::kAll;
  options.idempotence =
      flags.idempotent == "true" && options.acks == client::Acks::kAll;
  options.compression =
      record::CodecOf(flags.codec).value_or(record::Codec::kNone);
  options.max_request_bytes = kBatchBytesMax;
  if (session.flags().timeout.has_value()) {
    options.delivery_timeout = *session.flags().timeout;
    options.max_block = *session.flags().timeout;
  }
  return options;
}

absl::StatusOr<InputShape> ShapeOf(const Flags& flags) {
  InputShape shape;
  ASSIGN_OR_RETURN(shape.delimiter, Unescape(flags.delimiter));
  ASSIGN_OR_RETURN(shape.key_delimiter, Unescape(flags.key_delimiter));
  shape.null_empty = flags.null_empty;
  if (shape.delimiter.empty()) return UsageError("-D is empty");
  if (!flags.format.empty()) {
    if (!flags.key_delimiter.empty()) {
      return UsageError("-f and -K exclude each other",
                        "write the key's place into the format: -f '%k:%v'");
    }
    ASSIGN_OR_RETURN(RecordFormat format, RecordFormat::Compile(flags.format));
    RETURN_IF_ERROR(format.PrepareForParsing(shape.delimiter));
    shape.format = std::move(format);
  }
  return shape;
}

// One run: reads, sends, reports.
class Run {
 public:
  Run(Session* session, const Flags* flags, client::Producer* producer,
      std::optional<RecordFormat> printed)
      : session_(*session),
        flags_(*flags),
        producer_(*producer),
        printed_(std::move(printed)),
        begin_(session->clock().Monotonic()),
        report_(flags->topic) {}

  // Everything of `descriptor`, or until a signal.
  absl::Status Feed(int descriptor, RecordInput* input) {
    std::string buffer(kReadBytes, '\0');
    while (!session_.interrupt().Raised()) {
      pollfd wait{descriptor, POLLIN, 0};
      if (poll(&wait, 1, 200) <= 0) continue;
      const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return MakeError(
            ErrorCode::kStorageError,
            absl::StrCat("reading the input failed: ", std::strerror(errno)));
      }
      if (got == 0) return absl::OkStatus();
      input->Add(std::string_view(buffer).substr(0, got));
      RETURN_IF_ERROR(Send(input));
    }
    return absl::OkStatus();
  }

  // All records that are whole.
  absl::Status Send(RecordInput* input) {
    while (!session_.interrupt().Raised()) {
      ASSIGN_OR_RETURN(std::optional<FormatRecord> record, input->Next());
      if (!record.has_value()) break;
      RETURN_IF_ERROR(SendOne(*std::move(record)));
    }
    return absl::OkStatus();
  }

  // Waits for the answers and tells.
  absl::Status Finish(absl::Status so_far) {
    const absl::Status closed = producer_.Close(
        session_.flags().timeout.value_or(absl::Minutes(2)) + kClosePatience);
    session_.Say(report_.Line(session_.clock().Monotonic() - begin_,
                              flags_.acks != "none"));
    RETURN_IF_ERROR(report_.Verdict());
    RETURN_IF_ERROR(so_far);
    RETURN_IF_ERROR(closed);
    const int signal = session_.interrupt().signal();
    return signal == 0 ? absl::OkStatus() : SilentExit(128 + signal);
  }

 private:
  absl::Status SendOne(FormatRecord record) {
    if (flags_.rate > 0) {
      const absl::Duration due =
          begin_ + absl::Seconds(static_cast<double>(sent_) / flags_.rate);
      session_.interrupt().WaitFor(due - session_.clock().Monotonic());
    }
    ++sent_;
    if (flags_.key.has_value() && !record.key.has_value()) {
      record.key = flags_.key;
    }
    if (flags_.partition.has_value()) record.partition = flags_.partition;
    for (const auto& [name, value] : flags_.headers) {
      record.headers.emplace_back(name, value);
    }
    if (flags_.echo.tee) {
      session_.out().Write(absl::StrCat(record.value.value_or(""), "\n"));
    }
    client::ProducerRecord out;
    out.topic = flags_.topic;
    out.key = record.key;
    out.value = record.value;
    out.partition = record.partition;
    out.timestamp_ms = record.timestamp_ms;
    for (const auto& [name, value] : record.headers) {
      out.headers.push_back({name, value});
    }
    if (!printed_.has_value()) {
      return producer_.Send(
          out, [this](const absl::StatusOr<client::Delivery>& delivery) {
            report_.Take(delivery);
          });
    }
    auto kept = std::make_shared<FormatRecord>(record);
    return producer_.Send(
        out, [this, kept](const absl::StatusOr<client::Delivery>& delivery) {
          report_.Take(delivery);
          if (delivery.ok()) PrintDelivered(kept.get(), *delivery);
        });
  }

  void PrintDelivered(FormatRecord* record, const client::Delivery& delivery) {
    record->topic = flags_.topic;
    record->partition = delivery.partition;
    record->offset = delivery.offset;
    record->leader_epoch = delivery.leader_epoch;
    if (delivery.append_time_ms >= 0) {
      record->timestamp_ms = delivery.append_time_ms;
    }
    std::string text;
    printed_->Print(*record, &text);
    absl::MutexLock lock(&print_);
    session_.out().Write(text);
  }

  Session& session_;
  const Flags& flags_;
  client::Producer& producer_;
  const std::optional<RecordFormat> printed_;
  const absl::Duration begin_;
  DeliveryReport report_;
  int64_t sent_ = 0;
  absl::Mutex print_;
};

absl::Status FeedAll(const Flags& flags, RecordInput* input, Run* run) {
  if (flags.files.empty()) {
    RETURN_IF_ERROR(run->Feed(STDIN_FILENO, input));
  }
  for (const std::string& path : flags.files) {
    const int descriptor =
        path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      return UsageError(
          absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
    }
    const absl::Status fed = run->Feed(descriptor, input);
    if (descriptor != STDIN_FILENO) ::close(descriptor);
    RETURN_IF_ERROR(fed);
  }
  input->End();
  return run->Send(input);
}

absl::Status Produce(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(InputShape shape, ShapeOf(flags));
  std::optional<RecordFormat> printed;
  if (!flags.echo.format.empty()) {
    ASSIGN_OR_RETURN(printed, RecordFormat::Compile(flags.echo.format));
  }
  ASSIGN_OR_RETURN(const client::ProducerOptions options,
                   OptionsOf(session, flags));
  RETURN_IF_ERROR(CheckTopic(session, {.topic = flags.topic,
                                       .create = !flags.no_create,
                                       .partition = flags.partition}));
  if (!session.flags().writes.dry_run.empty()) {
    session.Say("topic and flags are fine; nothing was sent (dry run)");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<client::Producer> producer,
                   client::Producer::Create(options));
  session.interrupt().Arm();
  Run run(&session, &flags, producer.get(), std::move(printed));
  RecordInput input(std::move(shape));
  return run.Finish(FeedAll(flags, &input, &run));
}

void AddRecordFlags(Flags* flags, std::vector<Flag>* table) {
  table->push_back({.names = "-k,--fixed-key",
                    .value = "KEY",
                    .help = "The key of every record that brings none.",
                    .set = SetText(&flags->key)});
  table->push_back({.names = "-K,--key-delimiter",
                    .value = "DELIM",
                    .help = "Records are KEY DELIM VALUE.",
                    .set = SetText(&flags->key_delimiter)});
  table->push_back({.names = "-D,--delimiter",
                    .value = "DELIM",
                    .help = "What ends a record; default \\n.",
                    .set = SetText(&flags->delimiter)});
  table->push_back({.names = "-H,--header",
                    .value = "NAME=VALUE",
                    .help = "A header of every record; may be repeated.",
                    .set = AddKeyValue(&flags->headers)});
  table->push_back({.names = "-f,--format",
                    .value = "FORMAT",
                    .help = "How the input looks: barnabas help formats.",
                    .set = SetText(&flags->format)});
  table->push_back({.names = "-Z,--null-empty",
                    .help = "Empty keys and values are absent ones.",
                    .set = SetSwitch(&flags->null_empty)});
  table->push_back({.names = "-p,--partition",
                    .value = "N",
                    .help = "To this partition; else by the key, or by turns.",
                    .set = SetInteger(&flags->partition, 0, INT32_MAX)});
}

void AddSendFlags(Flags* flags, std::vector<Flag>* table) {
  table->push_back({.names = "-z,--compression",
                    .value = "CODEC",
                    .help = "none, gzip, snappy, lz4, zstd.",
                    .set = SetChoice(&flags->codec, {"none", "gzip", "snappy",
                                                     "lz4", "zstd"})});
  table->push_back({.names = "--acks",
                    .value = "all|leader|none",
                    .help = "When a record counts as sent; default all.",
                    .set = SetChoice(&flags->acks, {"all", "leader", "none"})});
  table->push_back({.names = "--idempotent",
                    .value = "true|false",
                    .help = "Retries never double; default true.",
                    .set = SetChoice(&flags->idempotent, {"true", "false"}),
                    .bare = "true"});
  table->push_back({.names = "--rate",
                    .value = "N",
                    .help = "Records a second; default as fast as it can.",
                    .set = SetRate(&flags->rate)});
  table->push_back({.names = "--no-create",
                    .help = "Refuse a topic that is not there; else it is "
                            "created with the cluster's defaults.",
                    .set = SetSwitch(&flags->no_create)});
  table->push_back({.names = "-T,--tee",
                    .help = "Copy every value to stdout.",
                    .set = SetSwitch(&flags->echo.tee)});
  table->push_back({.names = "--output-format",
                    .value = "FORMAT",
                    .help = "Print each acknowledged record, as consume -f.",
                    .set = SetText(&flags->echo.format)});
  table->push_back({.names = "--transactional-id",
                    .value = "ID",
                    .refused = "leave it out: produce is idempotent by "
                               "default"});
}

}  // namespace

Command ProduceCommand() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "produce",
                  .aliases = {"pub"},
                  .summary = "Send records from stdin or files to a topic"};
  command.details =
      "A topic that is not there is created, and that is said on stderr.\n\n"
      "Example: printf 'a:1\\nb:2\\n' | barnabas produce orders -K :";
  command.writes = true;
  AddRecordFlags(flags.get(), &command.flags);
  AddSendFlags(flags.get(), &command.flags);
  command.arguments = {{.name = "TOPIC",
                        .help = "The topic.",
                        .set = SetText(&flags->topic),
                        .completes = Completes::kTopic},
                       {.name = "FILE",
                        .help = "Read these instead of stdin; - is stdin.",
                        .min = 0,
                        .max = -1,
                        .set = AddText(&flags->files),
                        .completes = Completes::kFile}};
  command.run = [flags](Session& session) { return Produce(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
