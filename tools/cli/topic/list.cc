#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/partition_table.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<std::string> names;
  bool internal = false;
  bool detailed = false;
};

Table SummaryTable(const v1::ListTopicsResponse& reply) {
  Table table{{{"NAME"},
               {"PARTITIONS", true},
               {"REPLICAS", true},
               {"SIZE", true},
               {"RETENTION"},
               {"ID", false, true},
               {"MIN-ISR", true, true},
               {"CLEANUP", false, true},
               {"UNDER-REPLICATED", true, true},
               {"UNAVAILABLE", true, true}},
              {}};
  for (const v1::TopicSummary& topic : reply.topics()) {
    table.rows.push_back({topic.name(), absl::StrCat(topic.partitions()),
                          absl::StrCat(topic.replication_factor()),
                          topic.sized_partitions() < topic.partitions()
                              ? "?"
                              : ByteText(topic.size_bytes()),
                          RetentionText(topic.retention_ms()), topic.id(),
                          absl::StrCat(topic.min_insync_replicas()),
                          topic.cleanup_policy(),
                          absl::StrCat(topic.under_replicated()),
                          absl::StrCat(topic.unavailable())});
  }
  return table;
}

absl::StatusOr<v1::ListTopicsResponse> Wanted(const Session& session,
                                              client::Admin& admin,
                                              const Flags& flags) {
  const bool regex = session.flags().regex;
  const std::string pattern =
      regex && !flags.names.empty() ? absl::StrJoin(flags.names, "|") : "";
  ASSIGN_OR_RETURN(v1::ListTopicsResponse reply,
                   ListAllTopics(admin, pattern, flags.internal));
  if (regex || flags.names.empty()) return reply;
  v1::ListTopicsResponse named;
  named.set_metadata_version(reply.metadata_version());
  for (v1::TopicSummary& topic : *reply.mutable_topics()) {
    if (std::count(flags.names.begin(), flags.names.end(), topic.name()) > 0) {
      *named.add_topics() = std::move(topic);
    }
  }
  return named;
}

absl::Status PrintDetailed(Session& session, client::Admin& admin,
                           const v1::ListTopicsResponse& reply) {
  Document document;
  document.tree = Tree::Object();
  document.list = "topics";
  Tree list = Tree::List();
  for (const v1::TopicSummary& topic : reply.topics()) {
    v1::DescribeTopicRequest request;
    request.mutable_topic()->set_name(topic.name());
    request.set_include_offsets(true);
    ASSIGN_OR_RETURN(const v1::DescribeTopicResponse detail,
                     admin.DescribeTopic(request));
    list.items.push_back(TreeOf(detail));
    document.sections.push_back({topic.name(), PartitionTable(detail)});
  }
  document.tree.Add("topics", std::move(list))
      .Add("nextPageToken", Tree::Text(""));
  return session.Print(document);
}

absl::Status Run(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::ListTopicsResponse reply,
                   Wanted(session, *admin, flags));
  if (flags.detailed) return PrintDetailed(session, *admin, reply);
  RETURN_IF_ERROR(
      session.Print({TreeOf(reply), "topics", {{"", SummaryTable(reply)}}}));
  for (const v1::TopicSummary& topic : reply.topics()) {
    if (topic.unavailable() == 0) continue;
    session.Say(absl::StrCat(
        "warning: topic ", topic.name(), ": ", topic.unavailable(), " of ",
        topic.partitions(), " partitions unavailable: barnabas topic describe ",
        topic.name(), " --unavailable"));
  }
  return absl::OkStatus();
}

}  // namespace

Command TopicList() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "list", .aliases = {"ls"}, .summary = "List topics"};
  command.flags = {
      {.names = "--internal",
       .help = "Also topics that the cluster keeps for itself.",
       .set = SetSwitch(&flags->internal)},
      {.names = "-d,--detailed",
       .help = "Each topic with its partitions.",
       .set = SetSwitch(&flags->detailed)},
  };
  command.arguments = {{.name = "NAME",
                        .help = "Only these; regular expressions with -r.",
                        .min = 0,
                        .max = -1,
                        .set = AddText(&flags->names),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
