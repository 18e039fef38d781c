#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/partition/partition_state.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/partition_table.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<std::string> names;
  bool summary = false;
  bool configs = false;
  bool partitions = false;
  bool all = false;
  bool under_replicated = false;
  bool under_min_isr = false;
  bool unavailable = false;

  bool Filters() const {
    return under_replicated || under_min_isr || unavailable;
  }
};

Table SummaryTable(const v1::DescribeTopicResponse& topic) {
  return {{{"NAME"},
           {"ID"},
           {"PARTITIONS", true},
           {"REPLICAS", true},
           {"VERSION", true},
           {"INTERNAL"}},
          {{topic.name(), topic.id(), absl::StrCat(topic.partitions_size()),
            absl::StrCat(topic.replication_factor()),
            absl::StrCat(topic.version()), topic.internal() ? "yes" : "no"}}};
}

Table ConfigTable(const v1::DescribeTopicResponse& topic) {
  Table table{{{"KEY"}, {"VALUE"}}, {}};
  for (const v1::SettingValue& setting : topic.settings()) {
    table.rows.push_back({setting.key(), setting.value()});
  }
  return table;
}

bool IsWanted(const v1::PartitionInfo& partition, int32_t min_isr,
              const Flags& flags) {
  if (flags.unavailable && !partition.has_leader()) return true;
  if (flags.under_replicated &&
      partition.isr_size() < partition.replicas_size()) {
    return true;
  }
  return flags.under_min_isr && partition.isr_size() < min_isr;
}

// Keeps only the partitions that the filters ask for.
absl::Status Narrow(client::Admin& admin, const Flags& flags,
                    v1::DescribeTopicResponse* topic) {
  int32_t min_isr = topic->replication_factor() > 2 ? 2 : 1;
  if (flags.under_min_isr) {
    v1::DescribeConfigRequest request;
    request.mutable_scope()->set_kind(v1::SCOPE_KIND_TOPIC);
    request.mutable_scope()->set_name(topic->name());
    request.add_keys("min.insync.replicas");
    ASSIGN_OR_RETURN(const v1::DescribeConfigResponse reply,
                     admin.DescribeConfig(request));
    for (const v1::DescribedSetting& setting : reply.settings()) {
      ASSIGN_OR_RETURN(const int64_t value,
                       ParseInteger(setting.value(), 0, INT32_MAX));
      min_isr = static_cast<int32_t>(value);
    }
  }
  v1::DescribeTopicResponse kept = *topic;
  kept.clear_partitions();
  for (v1::PartitionDetail& detail : *topic->mutable_partitions()) {
    if (IsWanted(detail.partition(), min_isr, flags)) {
      *kept.add_partitions() = std::move(detail);
    }
  }
  *topic = std::move(kept);
  return absl::OkStatus();
}

void AddSections(const v1::DescribeTopicResponse& topic, const Flags& flags,
                 bool titled, Document* document) {
  const bool partitions = flags.partitions || flags.all || flags.Filters();
  const bool configs = flags.configs || flags.all;
  const bool summary = flags.summary || flags.all || !(partitions || configs);
  const std::string prefix =
      titled ? absl::StrCat(topic.name(), ": ") : std::string();
  if (summary) {
    document->sections.push_back({prefix + "summary", SummaryTable(topic)});
  }
  if (configs || (summary && topic.settings_size() > 0)) {
    document->sections.push_back({prefix + "configs", ConfigTable(topic)});
  }
  if (partitions) {
    document->sections.push_back(
        {prefix + "partitions", PartitionTable(topic)});
  }
}

absl::Status Show(Session& session, const Flags& flags,
                  const std::vector<v1::DescribeTopicResponse>& topics) {
  Document document;
  for (const v1::DescribeTopicResponse& topic : topics) {
    AddSections(topic, flags, topics.size() > 1, &document);
  }
  if (topics.size() == 1 && flags.names.size() == 1) {
    document.tree = TreeOf(topics[0]);
    if (flags.partitions) document.list = "partitions";
  } else {
    document.tree = Tree::Object();
    document.list = "topics";
    Tree list = Tree::List();
    for (const v1::DescribeTopicResponse& topic : topics) {
      list.items.push_back(TreeOf(topic));
    }
    document.tree.Add("topics", std::move(list));
  }
  return session.Print(document);
}

// Which partitions cannot be served, and what to do about it.
void SayUnavailable(Session& session, const v1::DescribeTopicResponse& topic) {
  // What waits for whom.
  std::map<std::string, std::vector<int32_t>> waiting;
  for (const v1::PartitionDetail& detail : topic.partitions()) {
    const v1::PartitionInfo& partition = detail.partition();
    if (partition.has_leader()) continue;
    waiting[AwaitedText(partition)].push_back(partition.partition());
  }
  for (const auto& [awaited, partitions] : waiting) {
    session.Say(absl::StrCat("warning: topic ", topic.name(), ": partition",
                             partitions.size() == 1 ? " " : "s ",
                             absl::StrJoin(partitions, ","),
                             " unavailable: ", awaited));
  }
}

absl::StatusOr<std::vector<std::string>> NamesWanted(const Session& session,
                                                     client::Admin& admin,
                                                     const Flags& flags) {
  if (!flags.names.empty()) return ExpandNames(session, admin, flags.names);
  if (!flags.Filters()) return UsageError("NAME is missing");
  ASSIGN_OR_RETURN(const v1::ListTopicsResponse reply,
                   ListAllTopics(admin, "", true));
  std::vector<std::string> names;
  for (const v1::TopicSummary& topic : reply.topics()) {
    names.push_back(topic.name());
  }
  return names;
}

absl::Status Run(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   NamesWanted(session, *admin, flags));
  std::vector<v1::DescribeTopicResponse> topics;
  absl::Status first;
  int failed = 0;
  for (const std::string& name : names) {
    v1::DescribeTopicRequest request;
    request.mutable_topic()->set_name(name);
    request.set_include_offsets(true);
    absl::StatusOr<v1::DescribeTopicResponse> reply =
        admin->DescribeTopic(request);
    if (!reply.ok()) {
      if (failed++ == 0) first = reply.status();
      continue;
    }
    if (flags.Filters()) {
      RETURN_IF_ERROR(Narrow(*admin, flags, &*reply));
      if (reply->partitions().empty() && flags.names.empty()) continue;
    }
    topics.push_back(*std::move(reply));
  }
  if (failed > 0 && names.size() == 1) return first;
  RETURN_IF_ERROR(Show(session, flags, topics));
  for (const v1::DescribeTopicResponse& topic : topics) {
    SayUnavailable(session, topic);
  }
  return failed == 0 ? absl::OkStatus()
                     : WithExitCode(std::move(first),
                                    static_cast<int>(ExitCode::kRefused));
}

}  // namespace

Command TopicDescribe() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "describe",
                  .aliases = {"info"},
                  .summary = "Show topics with settings and partitions"};
  const auto add = [&](const char* names, const char* help, bool* target) {
    command.flags.push_back(
        {.names = names, .help = help, .set = SetSwitch(target)});
  };
  add("-s,--summary", "The summary (default).", &flags->summary);
  add("-c,--configs", "Settings that differ from the default.",
      &flags->configs);
  add("-p,--partitions", "Each partition.", &flags->partitions);
  add("-a,--all", "Everything.", &flags->all);
  add("--under-replicated", "Partitions with fewer in sync than replicas.",
      &flags->under_replicated);
  add("--under-min-isr", "Partitions below min.insync.replicas.",
      &flags->under_min_isr);
  add("--unavailable", "Partitions without a leader.", &flags->unavailable);
  command.arguments = {{.name = "NAME",
                        .help = "Topics; all of them with a filter.",
                        .min = 0,
                        .max = -1,
                        .set = AddText(&flags->names),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
