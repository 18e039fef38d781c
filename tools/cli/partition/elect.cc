// `partition elect`.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/partition/commands.h"
#include "tools/cli/partition/partition_names.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<std::string> names;
  bool all = false;
  bool preferred = false;
};

absl::StatusOr<v1::ElectLeadersRequest> RequestOf(Session& session,
                                                  const Flags& flags) {
  if (flags.all != flags.names.empty()) {
    return UsageError(flags.all ? "--all and partitions exclude each other"
                                : "no partition is named",
                      "barnabas partition elect orders:0, or --all");
  }
  v1::ElectLeadersRequest request;
  request.set_validate_only(!session.flags().writes.dry_run.empty());
  request.set_request_id(session.RequestId());
  for (const std::string& name : flags.names) {
    ASSIGN_OR_RETURN(const NamedPartition named, ParsePartition(name));
    v1::TopicPartitions* topic = request.add_topics();
    topic->mutable_topic()->set_name(named.topic);
    if (named.partition >= 0) topic->add_partitions(named.partition);
  }
  return request;
}

std::string MessageOf(const v1::ElectionResult& result) {
  if (result.has_previous() && result.previous() == result.leader()) {
    return absl::StrCat("led by broker ", result.leader(), " already");
  }
  return absl::StrCat("led by broker ", result.leader(), " now, before by ",
                      result.has_previous()
                          ? absl::StrCat("broker ", result.previous())
                          : std::string("none"));
}

absl::Status Run(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(const v1::ElectLeadersRequest request,
                   RequestOf(session, flags));
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::ElectLeadersResponse reply,
                   admin->cluster().ElectLeaders(request));
  const bool dry = request.validate_only();
  std::vector<Outcome> outcomes;
  for (const v1::ElectionResult& result : reply.results()) {
    Outcome outcome{absl::StrCat(result.partition().topic(), ":",
                                 result.partition().partition())};
    if (result.has_error()) {
      outcome.status = FromProto(result.error());
    } else {
      outcome.message =
          absl::StrCat(MessageOf(result), dry ? " (dry run)" : "");
    }
    outcomes.push_back(std::move(outcome));
  }
  session.Say(absl::StrCat(reply.elected(), " elected, ", reply.unchanged(),
                           " led by the preferred replica already, ",
                           reply.failed(), " not possible now"));
  const absl::Status told = PrintOutcomes(session, "partition", "elected",
                                          outcomes, TreeOf(reply), "results");
  if (!told.ok() || reply.failed() == 0) return told;
  // More failed than fit into the answer.
  return SilentExit(static_cast<int>(ExitCode::kRefused));
}

}  // namespace

Command PartitionElect() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "elect",
                  .summary = "Let the preferred replicas lead again"};
  command.details =
      "The preferred replica is the first of a partition's list. One that is "
      "down,\ndrains or is out of sync is told and stays as it is.\n"
      "Example: barnabas partition elect --all";
  command.writes = true;
  command.flags = {
      {.names = "--all",
       .help = "All partitions of all topics.",
       .set = SetSwitch(&flags->all)},
      {.names = "--preferred",
       .help = "The preferred replica (what is done anyway).",
       .set = SetSwitch(&flags->preferred)},
      {.names = "--unclean",
       .refused = "only replicas in sync are elected: others may lack "
                  "acknowledged records"},
  };
  command.arguments = {{.name = "TOPIC[:PARTITION]",
                        .help = "Which ones; a topic alone: all of its.",
                        .min = 0,
                        .max = -1,
                        .set = AddText(&flags->names),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
