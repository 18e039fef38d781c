#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/broker/broker_targets.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<std::string> names;
  bool partitions = false;
};

struct Replica {
  std::string broker;
  v1::PartitionSize size;
};

struct TopicSizes {
  // By partition; several brokers may hold one.
  std::multimap<int32_t, Replica> replicas;
  int64_t leaders_bytes = 0;
  int64_t all_bytes = 0;
};

using Sizes = std::map<std::string, TopicSizes>;

// An unknown name is an error, not a topic without bytes.
absl::Status CheckNames(client::Admin& admin,
                        const std::vector<std::string>& names) {
  v1::DescribeTopicsRequest request;
  for (const std::string& name : names) request.add_topics()->set_name(name);
  ASSIGN_OR_RETURN(const v1::DescribeTopicsResponse reply,
                   admin.DescribeTopics(request));
  for (const v1::DescribedTopic& topic : reply.topics()) {
    if (topic.has_error()) return FromProto(topic.error());
  }
  return absl::OkStatus();
}

Sizes Gather(const std::vector<BrokerLogDirs>& answers) {
  Sizes sizes;
  for (const BrokerLogDirs& answer : answers) {
    for (const v1::LogDir& dir : answer.reply.dirs()) {
      for (const v1::PartitionSize& one : dir.partitions()) {
        TopicSizes& topic = sizes[one.topic()];
        topic.replicas.insert({one.partition(), {answer.target.name, one}});
        topic.all_bytes += one.size_bytes();
        if (one.leader()) topic.leaders_bytes += one.size_bytes();
      }
    }
  }
  return sizes;
}

int64_t PartitionsOf(const TopicSizes& topic) {
  int64_t count = 0;
  for (auto at = topic.replicas.begin(); at != topic.replicas.end();
       at = topic.replicas.upper_bound(at->first)) {
    ++count;
  }
  return count;
}

Table TopicTable(const Sizes& sizes) {
  Table table{
      {{"NAME"}, {"PARTITIONS", true}, {"SIZE", true}, {"ALL-REPLICAS", true}},
      {}};
  for (const auto& [name, topic] : sizes) {
    table.rows.push_back({name, absl::StrCat(PartitionsOf(topic)),
                          ByteText(topic.leaders_bytes),
                          ByteText(topic.all_bytes)});
  }
  return table;
}

Table ReplicaTable(const Sizes& sizes) {
  Table table{{{"NAME"},
               {"PARTITION", true},
               {"BROKER"},
               {"LEADER"},
               {"SIZE", true},
               {"SEGMENTS", true}},
              {}};
  for (const auto& [name, topic] : sizes) {
    for (const auto& [partition, replica] : topic.replicas) {
      table.rows.push_back({name, absl::StrCat(partition), replica.broker,
                            replica.size.leader() ? "yes" : "no",
                            ByteText(replica.size.size_bytes()),
                            absl::StrCat(replica.size.segments())});
    }
  }
  return table;
}

Tree TreeOf(const Sizes& sizes) {
  Tree list = Tree::List();
  for (const auto& [name, topic] : sizes) {
    Tree replicas = Tree::List();
    for (const auto& [partition, replica] : topic.replicas) {
      Tree item = cli::TreeOf(replica.size);
      item.Add("broker", Tree::Text(replica.broker));
      replicas.items.push_back(std::move(item));
    }
    Tree item = Tree::Object();
    item.Add("name", Tree::Text(name))
        .Add("partitions", Tree::Number(PartitionsOf(topic)))
        .Add("sizeBytes", Tree::Text(absl::StrCat(topic.leaders_bytes)))
        .Add("allReplicasBytes", Tree::Text(absl::StrCat(topic.all_bytes)))
        .Add("replicas", std::move(replicas));
    list.items.push_back(std::move(item));
  }
  Tree tree = Tree::Object();
  tree.Add("topics", std::move(list));
  return tree;
}

absl::Status Run(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   ExpandNames(session, *admin, flags.names));
  const bool all = flags.names.empty();
  if (!all && !names.empty()) RETURN_IF_ERROR(CheckNames(*admin, names));
  ASSIGN_OR_RETURN(const std::vector<BrokerTarget> targets,
                   BrokerTargets(session, {}, false));
  v1::DescribeLogDirsRequest request;
  request.mutable_topics()->Add(names.begin(), names.end());
  absl::Status first;
  std::vector<BrokerLogDirs> answers;
  if (all || !names.empty()) {
    answers = AskLogDirs(session, targets, request, &first);
    if (answers.empty() && !first.ok()) return first;
  }
  const Sizes sizes = Gather(answers);
  RETURN_IF_ERROR(session.Print(
      {TreeOf(sizes),
       "topics",
       {{"", flags.partitions ? ReplicaTable(sizes) : TopicTable(sizes)}}}));
  return first;
}

}  // namespace

Command TopicSize() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "size",
                  .summary = "Bytes of topics on the disks of the brokers"};
  command.details =
      "SIZE counts one copy, the leaders'; ALL-REPLICAS counts every copy.";
  command.flags = {{.names = "-p,--partitions",
                    .help = "Each replica of each partition.",
                    .set = SetSwitch(&flags->partitions)}};
  command.arguments = {{.name = "NAME",
                        .help = "Topics; default all; regular expressions "
                                "with -r.",
                        .min = 0,
                        .max = -1,
                        .set = AddText(&flags->names),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
