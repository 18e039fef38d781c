#include "tools/cli/bench/topic_flags.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/record/compression.h"
#include "tools/cli/data/topic_check.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

Setter SetCodec(record::Codec* target) {
  return [target](const std::string& text) {
    const std::optional<record::Codec> codec = record::CodecOf(text);
    if (!codec.has_value()) {
      return UsageError(absl::StrCat("no codec \"", text, "\""),
                        "none, gzip, snappy, lz4 or zstd");
    }
    *target = *codec;
    return absl::OkStatus();
  };
}

}  // namespace

void AddTopicFlags(TopicFlags* flags, Command* command) {
  command->arguments = {{.name = "TOPIC",
                         .help = "The topic.",
                         .set = SetText(&flags->topic),
                         .completes = Completes::kTopic}};
  command->flags.push_back({.names = "--create",
                            .help = "Create the topic if there is none.",
                            .set = SetSwitch(&flags->create)});
  command->flags.push_back(
      {.names = "--partitions",
       .value = "N",
       .help = "With --create: how many partitions.",
       .set = SetInteger(&flags->partitions, 1, kPartitionsPerTopicMax)});
  command->flags.push_back(
      {.names = "--flush",
       .value = "os|disk",
       .help = "With --create: when a record counts as stored; default as the "
               "cluster's.",
       .set = SetChoice(&flags->flush, {"os", "disk"})});
}

absl::StatusOr<int32_t> PrepareTopic(Session& session,
                                     const TopicFlags& flags) {
  TopicWish wish;
  wish.topic = flags.topic;
  wish.create = flags.create;
  wish.partitions = flags.partitions;
  if (!flags.flush.empty()) {
    v1::SettingValue setting;
    setting.set_key("flush");
    setting.set_value(flags.flush);
    wish.settings.push_back(std::move(setting));
  }
  RETURN_IF_ERROR(CheckTopic(session, wish));
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const std::vector<int32_t> partitions,
                   PartitionsOf(*admin, flags.topic));
  const auto count = static_cast<int32_t>(partitions.size());
  if (flags.partitions.has_value() && *flags.partitions != count) {
    session.Say(absl::StrCat("topic \"", flags.topic, "\" is there with ",
                             count, " partitions; they are used"));
  }
  return count;
}

void AddSendFlags(client::ProducerOptions* options, std::vector<Flag>* table) {
  table->push_back({.names = "--acks",
                    .value = "all|leader|none",
                    .help = "When a record counts as sent; default all.",
                    .set = SetAcks(&options->acks)});
  table->push_back({.names = "--batch",
                    .value = "SIZE",
                    .help = "A batch is sent when it is this large.",
                    .set = SetSize(&options->batch_size, 1, kBatchBytesMax)});
  table->push_back(
      {.names = "--request",
       .value = "SIZE",
       .help = "Bytes of batches in one message, at most.",
       .set = SetSize(&options->max_request_bytes, 1, kBatchBytesMax)});
  table->push_back({.names = "--memory",
                    .value = "SIZE",
                    .help = "Records that wait or are on their way, at most.",
                    .set = SetSize(&options->buffer_memory, 1, INT64_MAX)});
  table->push_back({.names = "--linger",
                    .value = "TIME",
                    .help = "A batch waits so long for more; default 0.",
                    .set = SetDuration(&options->linger)});
  table->push_back({.names = "-z,--compression",
                    .value = "CODEC",
                    .help = "none, gzip, snappy, lz4, zstd.",
                    .set = SetCodec(&options->compression)});
}

Setter SetAcks(client::Acks* target) {
  return [target](const std::string& text) {
    if (text == "all") {
      *target = client::Acks::kAll;
    } else if (text == "leader") {
      *target = client::Acks::kLeader;
    } else if (text == "none") {
      *target = client::Acks::kNone;
    } else {
      return UsageError(absl::StrCat("no acks \"", text, "\""),
                        "all, leader or none");
    }
    return absl::OkStatus();
  };
}

}  // namespace barnabas::cli
