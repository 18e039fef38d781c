#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/tree.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<std::string> names;
  std::optional<int32_t> partitions;
  std::optional<int32_t> replicas;
  std::vector<std::string> settings;
  std::string assignment_file;
};

// Reads [[100,101],[101,102]]: one list of brokers per partition.
absl::Status ReadAssignment(const std::string& path, v1::CreateTopic* topic) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return UsageError(absl::StrCat("cannot read ", path));
  const absl::StatusOr<Tree> tree = ParseJson(text.str());
  if (!tree.ok() || tree->kind != Tree::Kind::kList) {
    return UsageError(absl::StrCat(path, " is not a list of lists of brokers"),
                      "[[100,101],[101,102]] for two partitions");
  }
  for (const Tree& partition : tree->items) {
    v1::ReplicaAssignment* replicas = topic->add_assignments();
    for (const Tree& broker : partition.items) {
      ASSIGN_OR_RETURN(const int64_t id,
                       ParseInteger(broker.text, 0, INT32_MAX));
      replicas->add_brokers(static_cast<int32_t>(id));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::CreateTopicsRequest> MakeRequest(Session& session,
                                                    const Flags& flags) {
  v1::CreateTopicsRequest request;
  request.set_validate_only(!session.flags().writes.dry_run.empty());
  request.set_request_id(session.RequestId());
  ASSIGN_OR_RETURN(const std::vector<v1::SettingValue> settings,
                   ParseSettings(flags.settings));
  for (const std::string& name : flags.names) {
    v1::CreateTopic* topic = request.add_topics();
    topic->set_name(name);
    if (flags.partitions.has_value()) topic->set_partitions(*flags.partitions);
    if (flags.replicas.has_value()) {
      topic->set_replication_factor(*flags.replicas);
    }
    for (const v1::SettingValue& setting : settings) {
      *topic->add_settings() = setting;
    }
    if (!flags.assignment_file.empty()) {
      RETURN_IF_ERROR(ReadAssignment(flags.assignment_file, topic));
    }
  }
  return request;
}

absl::Status Run(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(const v1::CreateTopicsRequest request,
                   MakeRequest(session, flags));
  const std::string& dry_run = session.flags().writes.dry_run;
  std::vector<Outcome> outcomes;
  if (dry_run == "client") {
    for (const std::string& name : flags.names) {
      outcomes.push_back({name, absl::OkStatus(), "not sent (dry run)"});
    }
    return PrintOutcomes(session, "topic", "created", outcomes, TreeOf(request),
                         "topics");
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::CreateTopicsResponse reply,
                   admin->CreateTopics(request));
  for (const v1::TopicResult& result : reply.results()) {
    outcomes.push_back(
        OutcomeOf(result, absl::StrCat(PlacementText(result),
                                       dry_run.empty() ? "" : " (dry run)")));
    ForgiveByFlags(session, &outcomes.back());
    if (result.warning().empty()) continue;
    session.Say(
        absl::StrCat("warning: topic ", result.name(), ": ", result.warning()));
  }
  return PrintOutcomes(session, "topic", "created", outcomes, TreeOf(reply),
                       "results");
}

}  // namespace

Command TopicCreate() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "create",
                  .summary = "Create topics",
                  .details =
                      "Example: barnabas topic create orders -p 6 -r 3 "
                      "-c retention.ms=-1\n"
                      "Of several replicas the leader alone is in sync in "
                      "this release: the others are\nassigned, and get "
                      "records with a later one."};
  command.writes = true;
  command.flags = {
      {.names = "-p,--partitions",
       .value = "N",
       .help = "How many partitions; default num.partitions.",
       .set = SetInteger(&flags->partitions, 1, INT32_MAX)},
      {.names = "-r,--replicas",
       .value = "N",
       .help = "Replicas of each; default 1: brokers do not copy yet.",
       .set = SetInteger(&flags->replicas, 1, INT32_MAX),
       .hidden_names = "--replication-factor"},
      {.names = "-c,--config",
       .value = "KEY=VALUE",
       .help = "A setting of the topic; may be repeated.",
       .set = AddText(&flags->settings),
       .completes = Completes::kTopicSetting},
      {.names = "--replica-assignment",
       .value = "FILE",
       .help = "JSON: a list of brokers for each partition.",
       .set = SetText(&flags->assignment_file),
       .completes = Completes::kFile},
  };
  command.arguments = {{.name = "NAME",
                        .help = "Names of the topics.",
                        .min = 1,
                        .max = -1,
                        .set = AddText(&flags->names)}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
