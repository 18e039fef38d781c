#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/status_macros.h"
#include "tools/cli/bench/commands.h"
#include "tools/cli/bench/crowd_run.h"
#include "tools/cli/bench/topic_flags.h"
#include "tools/cli/bench/watch.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr int64_t kReadersMax = 1000;
constexpr int64_t kPollsMax = 100000;

struct Flags {
  TopicFlags topic;
  CrowdLoad load;
};

std::string MembersOf(const CrowdLoad& load) {
  return absl::StrCat(load.idle, " idle readers, ", load.slow,
                      " slow readers, ", load.polls, " long polls");
}

Document DocumentOf(const CrowdLoad& load, const CrowdReport& report) {
  const std::string seconds =
      absl::StrFormat("%.1f", absl::ToDoubleSeconds(report.elapsed));
  Document document;
  document.tree = Tree::Object();
  document.tree.Add("idle", Tree::Number(load.idle))
      .Add("slow", Tree::Number(load.slow))
      .Add("polls", Tree::Number(load.polls))
      .Add("seconds", Tree::Text(seconds))
      .Add("slowRecords", Tree::Number(report.slow_records))
      .Add("answers", Tree::Number(report.answers));
  document.sections = {
      {"",
       {{{"IDLE", true},
         {"SLOW", true},
         {"POLLS", true},
         {"SECONDS", true},
         {"SLOW-RECORDS", true},
         {"ANSWERS", true}},
        {{absl::StrCat(load.idle), absl::StrCat(load.slow),
          absl::StrCat(load.polls), seconds, absl::StrCat(report.slow_records),
          absl::StrCat(report.answers)}}}}};
  return document;
}

absl::Status Run(Session& session, const Flags& flags) {
  if (flags.load.idle + flags.load.slow + flags.load.polls == 0) {
    return UsageError("nobody is in this crowd",
                      "--idle N, --slow N or --polls N");
  }
  CrowdLoad load = flags.load;
  load.topic = flags.topic.topic;
  ASSIGN_OR_RETURN(load.partitions, PrepareTopic(session, flags.topic));
  ASSIGN_OR_RETURN(load.consumer.client, ClientOptionsFor(session));
  load.on_gathered = [&session, &load] {
    session.Say(absl::StrCat("gathered: ", MembersOf(load)));
  };
  Watch watch(&session, "holding", 0);
  load.oversight = watch.oversight();
  ASSIGN_OR_RETURN(const CrowdReport report, RunCrowd(&session.clock(), load));
  return session.Print(DocumentOf(load, report));
}

}  // namespace

Command BenchCrowd() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "crowd",
                  .summary = "Hold readers that wait, read slowly or poll"};
  command.details =
      "What others feel of them is measured meanwhile. Example:\n"
      "  barnabas bench crowd quiet --idle 100 --polls 1000 --duration 60s &\n"
      "  barnabas bench e2e speed --rate 10000";
  AddTopicFlags(&flags->topic, &command);
  command.flags.push_back(
      {.names = "--idle",
       .value = "N",
       .help = "Consumers that wait at the end.",
       .set = SetInteger(&flags->load.idle, 0, kReadersMax)});
  command.flags.push_back(
      {.names = "--slow",
       .value = "N",
       .help = "Consumers that read from the start, 500 "
               "records a second.",
       .set = SetInteger(&flags->load.slow, 0, kReadersMax)});
  command.flags.push_back(
      {.names = "--polls",
       .value = "N",
       .help = "Long polls at the end, of the node that is dialled first; "
               "each is begun again when it was answered.",
       .set = SetInteger(&flags->load.polls, 0, kPollsMax)});
  command.flags.push_back({.names = "--duration",
                           .value = "TIME",
                           .help = "From when all are there; default 60s.",
                           .set = SetDuration(&flags->load.duration)});
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
