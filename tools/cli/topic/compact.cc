#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

// How long --wait waits unless --timeout says otherwise.
constexpr absl::Duration kPatience = absl::Hours(1);

struct Flags {
  std::string name;
  std::vector<int32_t> partitions;
  bool wait = false;
};

std::string Told(const v1::CompactedPartition& partition) {
  if (!partition.done()) return "queued; --wait tells what comes of it";
  std::string text = absl::StrCat(partition.records_kept(), " records kept, ",
                                  partition.records_removed(), " removed");
  if (partition.keyless_removed() > 0) {
    absl::StrAppend(&text, " (", partition.keyless_removed(),
                    " without a key)");
  }
  absl::StrAppend(&text, ", ", ByteText(partition.size_bytes_before()), " -> ",
                  ByteText(partition.size_bytes()), ", offsets [",
                  partition.log_start(), ", ", partition.log_end(),
                  ") as before, dirty ",
                  ByteText(partition.dirty_bytes_before()), " -> ",
                  ByteText(partition.dirty_bytes_after()));
  return text;
}

absl::Status Run(Session& session, const Flags& flags) {
  v1::CompactTopicRequest request;
  request.mutable_topic()->set_name(flags.name);
  request.mutable_partitions()->Add(flags.partitions.begin(),
                                    flags.partitions.end());
  request.set_wait(flags.wait);
  request.set_request_id(session.RequestId());
  ASSIGN_OR_RETURN(
      const std::shared_ptr<client::Admin> admin,
      flags.wait ? ConnectPatiently(session, kPatience) : Connect(session));
  ASSIGN_OR_RETURN(const v1::CompactTopicResponse reply,
                   admin->leaders().CompactTopic(request));
  std::vector<Outcome> outcomes;
  for (const v1::CompactedPartition& partition : reply.partitions()) {
    Outcome& outcome = outcomes.emplace_back();
    outcome.name = absl::StrCat(reply.topic(), "[", partition.partition(), "]");
    if (partition.has_error()) {
      outcome.status = FromProto(partition.error());
    } else {
      outcome.message = Told(partition);
    }
  }
  return PrintOutcomes(session, "partition",
                       flags.wait ? "compacted" : "queued", outcomes,
                       TreeOf(reply), "partitions");
}

}  // namespace

Command TopicCompact() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "compact", .summary = "Compact a topic now"};
  command.details =
      "Keeps the last record of each key; offsets do not change. Brokers do "
      "it\n"
      "by themselves when enough is to be gained (min.cleanable.dirty.ratio).\n"
      "The topic needs cleanup.policy=compact or delete,compact.\n"
      "Example: barnabas topic compact packages --wait";
  command.flags = {
      {.names = "-p,--partitions",
       .value = "0,1,4-7",
       .help = "Only these partitions.",
       .set = AddIntegers(&flags->partitions)},
      {.names = "--wait",
       .help = "Answer when it is done, and tell what came of it.",
       .set = SetSwitch(&flags->wait)},
  };
  command.arguments = {{.name = "NAME",
                        .help = "The topic.",
                        .set = SetText(&flags->name),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
