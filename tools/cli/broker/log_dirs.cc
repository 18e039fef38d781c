#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/broker/broker_targets.h"
#include "tools/cli/broker/commands.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<int32_t> brokers;
  bool partitions = false;
  bool local = false;
};

Table DirTable(const std::vector<BrokerLogDirs>& answers) {
  Table table{{{"BROKER"},
               {"DIR"},
               {"TOTAL", true},
               {"FREE", true},
               {"RESERVE", true},
               {"STATE"},
               {"PARTITIONS", true},
               {"SIZE", true}},
              {}};
  for (const BrokerLogDirs& answer : answers) {
    for (const v1::LogDir& dir : answer.reply.dirs()) {
      table.rows.push_back(
          {answer.target.name, dir.path(), ByteText(dir.total_bytes()),
           ByteText(dir.free_bytes()), ByteText(dir.reserve_bytes()),
           dir.full() ? "FULL" : "OK", absl::StrCat(dir.partitions_size()),
           ByteText(dir.partition_bytes())});
    }
  }
  return table;
}

Table PartitionsTable(const std::vector<BrokerLogDirs>& answers) {
  Table table{{{"BROKER"},
               {"TOPIC"},
               {"PARTITION", true},
               {"SIZE", true},
               {"SEGMENTS", true},
               {"LEADER"},
               {"ERROR"},
               {"TOPIC-ID", false, true}},
              {}};
  for (const BrokerLogDirs& answer : answers) {
    for (const v1::LogDir& dir : answer.reply.dirs()) {
      for (const v1::PartitionSize& one : dir.partitions()) {
        table.rows.push_back(
            {answer.target.name, one.topic(), absl::StrCat(one.partition()),
             ByteText(one.size_bytes()), absl::StrCat(one.segments()),
             one.leader() ? "yes" : "no",
             one.has_error() ? v1::ErrorCode_Name(one.error().code()) : "",
             one.topic_id()});
      }
    }
  }
  return table;
}

absl::Status Run(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(const std::vector<BrokerTarget> targets,
                   BrokerTargets(session, flags.brokers, flags.local));
  absl::Status first;
  const std::vector<BrokerLogDirs> answers =
      AskLogDirs(session, targets, {}, &first);
  if (answers.empty() && !first.ok()) return first;
  Document document;
  document.tree = Tree::Object();
  Tree list = Tree::List();
  for (const BrokerLogDirs& answer : answers) {
    list.items.push_back(TreeOf(answer.reply));
  }
  document.tree.Add("brokers", std::move(list));
  document.list = "brokers";
  document.sections.push_back({"directories", DirTable(answers)});
  if (flags.partitions) {
    document.sections.push_back({"partitions", PartitionsTable(answers)});
  }
  RETURN_IF_ERROR(session.Print(document));
  return first;
}

}  // namespace

Command BrokerLogDirsCommand() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "log-dirs",
                  .summary =
                      "What lies in the data directories, and how much "
                      "room is left"};
  command.details =
      "RESERVE is what must stay free: below it a broker refuses produce with "
      "DISK_FULL\n(disk.reserve.bytes, disk.reserve.percent).";
  command.flags = {
      {.names = "-p,--partitions",
       .help = "Each partition too.",
       .set = SetSwitch(&flags->partitions)},
      {.names = "--local",
       .help = "Only the node that -b names.",
       .set = SetSwitch(&flags->local)},
  };
  command.arguments = {{.name = "ID",
                        .help = "Only these brokers; default all.",
                        .min = 0,
                        .max = -1,
                        .set = AddIntegers(&flags->brokers),
                        .completes = Completes::kBroker}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
