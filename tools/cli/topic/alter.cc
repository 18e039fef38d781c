#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<std::string> names;
  std::vector<std::string> settings;
  std::vector<std::string> unset;
  std::optional<int32_t> partitions;
};

absl::StatusOr<v1::AlterTopicsRequest> MakeRequest(
    Session& session, const std::vector<std::string>& names,
    const Flags& flags) {
  v1::AlterTopicsRequest request;
  const SafeWrites& writes = session.flags().writes;
  request.set_validate_only(!writes.dry_run.empty());
  request.set_request_id(session.RequestId());
  ASSIGN_OR_RETURN(const std::vector<v1::SettingValue> settings,
                   ParseSettings(flags.settings));
  for (const std::string& name : names) {
    v1::AlterTopic* topic = request.add_topics();
    topic->set_name(name);
    for (const v1::SettingValue& setting : settings) {
      *topic->add_settings() = setting;
    }
    for (const std::string& key : flags.unset) {
      topic->add_settings()->set_key(key);
    }
    if (writes.expect_version.has_value()) {
      topic->set_expected_version(*writes.expect_version);
    }
  }
  return request;
}

// Both calls give results per topic; the first failure of a topic stays.
class Results {
 public:
  void Add(const google::protobuf::RepeatedPtrField<v1::TopicResult>& results,
           const std::string& message) {
    for (const v1::TopicResult& result : results) {
      Outcome outcome = OutcomeOf(result, message);
      const auto [at, added] =
          index_.try_emplace(result.name(), outcomes_.size());
      if (added) {
        outcomes_.push_back(std::move(outcome));
      } else if (outcomes_[at->second].status.ok()) {
        absl::StrAppend(&outcomes_[at->second].message, ", ", message);
        outcomes_[at->second].status = outcome.status;
      }
    }
  }

  std::vector<Outcome>& outcomes() { return outcomes_; }

 private:
  std::map<std::string, size_t> index_;
  std::vector<Outcome> outcomes_;
};

absl::Status AddPartitions(Session& session, client::Admin& admin,
                           const std::vector<std::string>& names, int32_t total,
                           Results* results, Tree* tree) {
  v1::AddPartitionsRequest request;
  const SafeWrites& writes = session.flags().writes;
  request.set_validate_only(!writes.dry_run.empty());
  request.set_request_id(session.RequestId());
  for (const std::string& name : names) {
    v1::AddPartitions* topic = request.add_topics();
    topic->set_name(name);
    topic->set_total(total);
    if (writes.expect_version.has_value()) {
      topic->set_expected_version(*writes.expect_version);
    }
  }
  ASSIGN_OR_RETURN(const v1::AddPartitionsResponse reply,
                   admin.AddPartitions(request));
  results->Add(reply.results(), absl::StrCat(total, " partitions"));
  *tree = TreeOf(reply);
  return absl::OkStatus();
}

absl::Status Run(Session& session, const Flags& flags) {
  const bool has_settings = !flags.settings.empty() || !flags.unset.empty();
  if (!has_settings && !flags.partitions.has_value()) {
    return UsageError("nothing to change",
                      "-c KEY=VALUE, --delete-config KEY or --partitions N");
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   ExpandNames(session, *admin, flags.names));
  Results results;
  Tree tree = Tree::Object();
  if (has_settings) {
    ASSIGN_OR_RETURN(const v1::AlterTopicsRequest request,
                     MakeRequest(session, names, flags));
    ASSIGN_OR_RETURN(const v1::AlterTopicsResponse reply,
                     admin->AlterTopics(request));
    results.Add(reply.results(), "settings changed");
    tree = TreeOf(reply);
  }
  if (flags.partitions.has_value()) {
    RETURN_IF_ERROR(AddPartitions(session, *admin, names, *flags.partitions,
                                  &results, &tree));
  }
  for (Outcome& outcome : results.outcomes()) {
    ForgiveByFlags(session, &outcome);
    if (!session.flags().writes.dry_run.empty()) {
      absl::StrAppend(&outcome.message, " (dry run)");
    }
  }
  return PrintOutcomes(session, "topic", "changed", results.outcomes(),
                       std::move(tree), "results");
}

}  // namespace

Command TopicAlter() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "alter",
                  .aliases = {"set"},
                  .summary = "Change settings and partition counts of topics"};
  command.writes = true;
  command.flags = {
      {.names = "-c,--config",
       .value = "KEY=VALUE",
       .help = "Set a setting; may be repeated.",
       .set = AddText(&flags->settings),
       .completes = Completes::kTopicSetting},
      {.names = "--delete-config",
       .value = "KEY",
       .help = "Back to the default; may be repeated.",
       .set = AddText(&flags->unset),
       .completes = Completes::kTopicKey},
      {.names = "-p,--partitions",
       .value = "N",
       .help = "How many there shall be; never fewer than now.",
       .set = SetInteger(&flags->partitions, 1, INT32_MAX)},
  };
  command.arguments = {{.name = "NAME",
                        .help = "Topics; regular expressions with -r.",
                        .min = 1,
                        .max = -1,
                        .set = AddText(&flags->names),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
