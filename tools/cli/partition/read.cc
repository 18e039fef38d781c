// `partition list` and `partition describe`.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"
#include "tools/cli/partition/commands.h"
#include "tools/cli/partition/partition_names.h"
#include "tools/cli/partition/partition_state.h"

namespace barnabas::cli {
namespace {

struct ListFlags {
  std::vector<std::string> topics;
  std::vector<int32_t> leaders_of;
  std::vector<int32_t> replicas_on;
  bool unavailable = false;
  bool under_replicated = false;
};

template <typename List>
bool Any(const List& list, const std::vector<int32_t>& wanted) {
  return std::any_of(list.begin(), list.end(), [&](int32_t id) {
    return std::count(wanted.begin(), wanted.end(), id) > 0;
  });
}

bool IsWanted(const v1::PartitionInfo& info, const ListFlags& flags) {
  if (flags.unavailable || flags.under_replicated) {
    const bool wanted =
        (flags.unavailable && !info.has_leader()) ||
        (flags.under_replicated && info.isr_size() < info.replicas_size());
    if (!wanted) return false;
  }
  if (!flags.replicas_on.empty() && !Any(info.replicas(), flags.replicas_on)) {
    return false;
  }
  return flags.leaders_of.empty() ||
         (info.has_leader() &&
          Any(std::vector<int32_t>{info.leader()}, flags.leaders_of));
}

Tree TreeOfPartition(const std::string& topic,
                     const google::protobuf::Message& message) {
  Tree item = TreeOf(message);
  item.keys.insert(item.keys.begin(), "topic");
  item.items.insert(item.items.begin(), Tree::Text(topic));
  return item;
}

absl::Status RunList(Session& session, const ListFlags& flags) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const std::vector<ListedPartition> partitions,
                   DescribePartitions(*admin, flags.topics));
  Table table{{{"TOPIC"},
               {"PARTITION", true},
               {"LEADER", true},
               {"EPOCH", true},
               {"REPLICAS"},
               {"ISR"},
               {"OUT-OF-SYNC"},
               {"STATE"},
               {"OFFLINE", false, true},
               {"PARTITION-EPOCH", true, true}},
              {}};
  Tree list = Tree::List();
  for (const ListedPartition& one : partitions) {
    if (!IsWanted(one.info, flags)) continue;
    table.rows.push_back(
        {one.topic, absl::StrCat(one.info.partition()), LeaderText(one.info),
         absl::StrCat(one.info.leader_epoch()),
         absl::StrJoin(one.info.replicas(), ","),
         absl::StrJoin(one.info.isr(), ","),
         absl::StrJoin(OutOfSync(one.info), ","), PartitionState(one.info),
         absl::StrJoin(one.info.offline_replicas(), ","),
         absl::StrCat(one.info.partition_epoch())});
    list.items.push_back(TreeOfPartition(one.topic, one.info));
  }
  Tree tree = Tree::Object();
  tree.Add("partitions", std::move(list));
  return session.Print(
      {std::move(tree), "partitions", {{"", std::move(table)}}});
}

Table FactsOf(const std::string& topic, const v1::PartitionDetail& detail) {
  const v1::PartitionInfo& info = detail.partition();
  const auto known = [](bool has, int64_t value) {
    return has ? absl::StrCat(value) : std::string("unknown");
  };
  Table table{{{"FIELD"}, {"VALUE"}}, {}};
  table.rows = {
      {"topic", topic},
      {"partition", absl::StrCat(info.partition())},
      {"state", PartitionState(info)},
      {"leader", LeaderText(info)},
      {"preferred leader",
       absl::StrCat(info.replicas_size() == 0 ? -1 : info.replicas(0))},
      {"leader epoch", absl::StrCat(info.leader_epoch())},
      {"partition epoch", absl::StrCat(info.partition_epoch())},
      {"replicas", absl::StrJoin(info.replicas(), ",")},
      {"in sync", absl::StrJoin(info.isr(), ",")},
      {"out of sync", absl::StrJoin(OutOfSync(info), ",")},
      {"offline", absl::StrJoin(info.offline_replicas(), ",")},
      {"log start", known(detail.has_log_start(), detail.log_start())},
      {"high watermark",
       known(detail.has_high_watermark(), detail.high_watermark())},
      {"size", detail.has_size_bytes() ? ByteText(detail.size_bytes())
                                       : std::string("unknown")},
  };
  if (!info.has_leader()) {
    table.rows.push_back({"unavailable", AwaitedText(info)});
  }
  return table;
}

absl::StatusOr<v1::PartitionDetail> DescribeOne(client::Admin& admin,
                                                const NamedPartition& named) {
  v1::DescribeTopicRequest request;
  request.mutable_topic()->set_name(named.topic);
  request.set_include_offsets(true);
  ASSIGN_OR_RETURN(const v1::DescribeTopicResponse reply,
                   admin.DescribeTopic(request));
  for (const v1::PartitionDetail& detail : reply.partitions()) {
    if (detail.partition().partition() == named.partition) return detail;
  }
  return MakeError(
      ErrorCode::kUnknownPartition,
      absl::StrCat("topic ", named.topic, " has no partition ", named.partition,
                   ", its ", reply.partitions_size(), " are numbered from 0"),
      absl::StrCat("barnabas topic describe ", named.topic, " -p"));
}

absl::Status RunDescribe(Session& session,
                         const std::vector<std::string>& names) {
  std::vector<NamedPartition> wanted;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(NamedPartition named, ParsePartition(name));
    // Without a number: the first.
    named.partition = std::max(named.partition, 0);
    wanted.push_back(std::move(named));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  Document document;
  Tree list = Tree::List();
  for (const NamedPartition& named : wanted) {
    ASSIGN_OR_RETURN(const v1::PartitionDetail detail,
                     DescribeOne(*admin, named));
    list.items.push_back(TreeOfPartition(named.topic, detail));
    document.sections.push_back(
        {absl::StrCat(named.topic, ":", named.partition),
         FactsOf(named.topic, detail)});
  }
  if (wanted.size() == 1) {
    document.tree = std::move(list.items[0]);
  } else {
    document.tree = Tree::Object();
    document.tree.Add("partitions", std::move(list));
  }
  return session.Print(document);
}

}  // namespace

Command PartitionList() {
  auto flags = std::make_shared<ListFlags>();
  Command command{.name = "list",
                  .aliases = {"ls"},
                  .summary = "List partitions with leaders and replicas"};
  command.flags = {
      {.names = "--leaders-of",
       .value = "ID",
       .help = "Only those that these brokers lead.",
       .set = AddIntegers(&flags->leaders_of),
       .completes = Completes::kBroker},
      {.names = "--replicas-on",
       .value = "ID",
       .help = "Only those with a replica on these brokers.",
       .set = AddIntegers(&flags->replicas_on),
       .completes = Completes::kBroker},
      {.names = "--unavailable",
       .help = "Only those without a leader.",
       .set = SetSwitch(&flags->unavailable)},
      {.names = "--under-replicated",
       .help = "Only those with fewer in sync than replicas.",
       .set = SetSwitch(&flags->under_replicated)},
  };
  command.arguments = {{.name = "TOPIC",
                        .help = "Only these topics; default all.",
                        .min = 0,
                        .max = -1,
                        .set = AddText(&flags->topics),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return RunList(session, *flags); };
  return command;
}

Command PartitionDescribe() {
  auto names = std::make_shared<std::vector<std::string>>();
  Command command{.name = "describe",
                  .aliases = {"info"},
                  .summary =
                      "Show one partition, where its replicas are and "
                      "what it holds"};
  command.details = "Example: barnabas partition describe orders:0";
  command.arguments = {{.name = "TOPIC:PARTITION",
                        .help = "Which ones.",
                        .min = 1,
                        .max = -1,
                        .set = AddText(names.get()),
                        .completes = Completes::kTopic}};
  command.run = [names](Session& session) {
    return RunDescribe(session, *names);
  };
  return command;
}

}  // namespace barnabas::cli
