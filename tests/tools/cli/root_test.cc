// Walks the whole command tree: help, unknown flags, refusals, forms of output
// and exit codes.
#include "tools/cli/root.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "proto/types/error.h"
#include "storage/env/system_clock.h"
#include "tests/tools/cli/scripted_admin.h"
#include "tools/cli/frame/app.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {
namespace {

using Words = std::vector<std::string>;

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

class RootTest : public testing::Test {
 protected:
  Ran Run(const Words& words) {
    StringSink out;
    StringSink err;
    World world;
    world.out = &out;
    world.err = &err;
    world.clock = &clock_;
    world.interrupt = &interrupt_;
    world.environment =
        [](const std::string& name) -> std::optional<std::string> {
      if (name == "HOME") return testing::TempDir();
      return std::nullopt;
    };
    world.ask = [](const std::string&) { return std::string(); };
    world.dialing.admin = [this](const client::ClientOptions&)
        -> absl::StatusOr<std::shared_ptr<client::Admin>> {
      return std::make_shared<ScriptedAdmin>(&script_);
    };
    world.dialing.node = [this](const client::ClientOptions&,
                                const std::string&)
        -> absl::StatusOr<std::shared_ptr<client::NodeClient>> {
      return std::make_shared<ScriptedNode>(&script_);
    };
    world.dialing.raw = [this](const client::ClientOptions&)
        -> absl::StatusOr<std::shared_ptr<client::RawClient>> {
      return std::make_shared<ScriptedRaw>(&script_);
    };
    Ran ran;
    ran.code = RunApp(RootCommand, words, world);
    ran.out = out.text();
    ran.err = err.text();
    return ran;
  }

  // Calls `visit` for each command below the root with its path.
  static void Walk(
      const std::function<void(const Command&, const Words&)>& visit) {
    const Command root = RootCommand();
    for (const Command& child : root.children) WalkFrom(child, {}, visit);
  }

  static void WalkFrom(
      const Command& command, Words path,
      const std::function<void(const Command&, const Words&)>& visit) {
    path.push_back(command.name);
    visit(command, path);
    for (const Command& child : command.children) {
      WalkFrom(child, path, visit);
    }
  }

  Script script_;

 private:
  env::SystemClock clock_;
  Interrupt interrupt_;
};

Words With(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string Text(const Words& words) { return absl::StrJoin(words, " "); }

// Commands that ask the cluster and only read.
std::vector<Words> Reading() {
  return {{"topic", "list"},
          {"topic", "list", "-d"},
          {"topic", "describe", "t"},
          {"topic", "describe", "t", "-a"},
          {"topic", "describe", "t", "-p"},
          {"topic", "offsets", "t"},
          {"topic", "offsets", "t", "-o", "@0"},
          {"config", "list"},
          {"config", "describe", "topic/t"},
          {"broker", "list"},
          {"broker", "describe", "100"},
          {"broker", "log-level"},
          {"broker", "log-dirs"},
          {"quorum", "status"},
          {"quorum", "describe"},
          {"partition", "list"},
          {"partition", "list", "t", "--unavailable"},
          {"partition", "describe", "t:0"},
          {"cluster", "info"},
          {"cluster", "id"},
          {"cluster", "health"},
          {"cluster", "features"},
          {"broker", "log-dirs", "100", "-p"},
          {"topic", "size"},
          {"topic", "size", "t", "-p"},
          {"rpc", "ListTopics"},
          {"rpc", "barnabas.v1.TopicAdmin/ListTopics", "-d", "{}"},
          {"context", "test"}};
}

// Commands that change what the cluster holds, item by item.
std::vector<Words> Writing() {
  return {{"topic", "create", "t"},
          {"topic", "alter", "t", "-c", "a=b"},
          {"topic", "alter", "t", "--partitions", "9"},
          {"topic", "delete", "t", "--yes"},
          {"topic", "trim", "t", "-o", "3", "--yes"},
          {"broker", "drain", "100"},
          {"broker", "undrain", "100"},
          {"broker", "decommission", "100", "--yes"},
          {"partition", "elect", "t:0"},
          {"cluster", "features", "upgrade", "metadata", "2"},
          {"config", "set", "topic/t", "a=b"},
          {"config", "unset", "topic/t", "a"}};
}

TEST_F(RootTest, EveryCommandHasHelp) {
  int commands = 0;
  Walk([&](const Command& command, const Words& path) {
    const Ran ran = Run(With(path, {"--help"}));
    EXPECT_EQ(ran.code, 0) << Text(path);
    EXPECT_EQ(ran.err, "") << Text(path);
    EXPECT_NE(ran.out.find("\nUsage: barnabas " + Text(path)),
              std::string::npos)
        << ran.out;
    EXPECT_EQ(Run(With({"help"}, path)).out, ran.out) << Text(path);
    for (const std::string& line :
         std::vector<std::string>(absl::StrSplit(ran.out, '\n'))) {
      EXPECT_LE(line.size(), 125u) << line;
    }
    ++commands;
  });
  EXPECT_GT(commands, 80);
}

TEST_F(RootTest, EveryFlagOfEveryCommandHasHelpOrIsRefused) {
  Walk([&](const Command& command, const Words& path) {
    if (command.summary.empty()) return;
    for (const Flag& flag : command.flags) {
      EXPECT_NE(flag.help.empty(), flag.refused.empty())
          << Text(path) << " " << flag.names;
      EXPECT_TRUE(flag.set || !flag.refused.empty()) << flag.names;
    }
  });
}

TEST_F(RootTest, UnknownFlagsAreUsageErrors) {
  Walk([&](const Command& command, const Words& path) {
    if (!command.refused.empty()) return;
    const Ran ran = Run(With(path, {"--no-such-flag"}));
    EXPECT_EQ(ran.code, 2) << Text(path) << ran.err;
    EXPECT_EQ(ran.out, "") << Text(path);
    EXPECT_NE(ran.err.find("unknown flag --no-such-flag"), std::string::npos)
        << Text(path) << ran.err;
  });
}

TEST_F(RootTest, UnknownVerbsAreUsageErrors) {
  Walk([&](const Command& command, const Words& path) {
    if (command.children.empty()) return;
    EXPECT_EQ(Run(With(path, {"frobnicate"})).code, 2) << Text(path);
    EXPECT_EQ(Run(path).code, 2) << Text(path);
  });
  const Ran ran = Run({"topci", "list"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find("did you mean topic?"), std::string::npos) << ran.err;
}

TEST_F(RootTest, WhatComesLaterIsRefusedByName) {
  int refused = 0;
  Walk([&](const Command& command, const Words& path) {
    for (const Flag& flag : command.flags) {
      if (flag.refused.empty()) continue;
      const Words names = absl::StrSplit(flag.names, ',');
      Words words = With(path, {names.back()});
      if (!flag.value.empty()) words.push_back("x");
      for (const Argument& argument : command.arguments) {
        if (argument.min > 0) words.push_back("x");
      }
      const Ran ran = Run(words);
      EXPECT_EQ(ran.code, 2) << Text(words) << ran.err;
      EXPECT_NE(ran.err.find("UNSUPPORTED_FEATURE"), std::string::npos)
          << Text(words) << ran.err;
    }
    if (command.refused.empty()) return;
    ++refused;
    const Ran ran = Run(With(path, {"anything", "--at", "all"}));
    EXPECT_EQ(ran.code, 2) << Text(path);
    EXPECT_EQ(ran.out, "") << Text(path);
    EXPECT_NE(ran.err.find("error: barnabas " + Text(path)), std::string::npos)
        << ran.err;
    EXPECT_NE(ran.err.find("reason: UNSUPPORTED_FEATURE\n"), std::string::npos);
    EXPECT_NE(ran.err.find("try: " + command.refused), std::string::npos);
  });
  EXPECT_GT(refused, 50);
  EXPECT_TRUE(script_.calls.empty());
}

TEST_F(RootTest, NounsOfTheDesignAreAllThere) {
  std::map<std::string, int> known;
  for (const Command& child : RootCommand().children) known[child.name] = 1;
  for (const char* noun :
       {"dev",     "context",  "topic",   "produce",   "consume", "group",
        "cluster", "config",   "broker",  "partition", "quorum",  "txn",
        "quota",   "security", "schema",  "check",     "debug",   "inspect",
        "storage", "generate", "rollout", "health",    "rpc",     "completion",
        "man",     "help",     "version"}) {
    EXPECT_TRUE(known.contains(noun)) << noun;
  }
}

TEST_F(RootTest, JsonIsValidAndDataStaysOffStderr) {
  std::vector<Words> all = Reading();
  for (const Words& words : Writing()) all.push_back(words);
  all.push_back({"version", "--client"});
  all.push_back({"context", "list"});
  all.push_back({"storage", "random-id"});
  all.push_back({"health"});
  all.push_back({"-X", "list"});
  for (const Words& words : all) {
    const Ran ran = Run(With(words, {"--output", "json"}));
    EXPECT_EQ(ran.code, 0) << Text(words) << ran.err;
    EXPECT_TRUE(ParseJson(ran.out).ok()) << Text(words) << ran.out;
    const Ran lines = Run(With(words, {"--output", "jsonl"}));
    for (const std::string& line : std::vector<std::string>(
             absl::StrSplit(lines.out, '\n', absl::SkipEmpty()))) {
      EXPECT_TRUE(ParseJson(line).ok()) << Text(words) << line;
    }
    EXPECT_EQ(Run(With(words, {"--output", "yaml"})).code, 0) << Text(words);
    const Ran traced = Run(With(words, {"--trace", "-v"}));
    EXPECT_EQ(traced.code, 0) << Text(words);
    EXPECT_EQ(traced.out.find("trace:"), std::string::npos) << traced.out;
  }
}

TEST_F(RootTest, EachGrpcStatusOfTheServerHasItsExitCode) {
  std::vector<Words> all = Reading();
  for (const Words& words : Writing()) all.push_back(words);
  all.push_back({"produce", "t"});
  all.push_back({"consume", "t"});
  for (int code = 1; code <= 16; ++code) {
    script_.status =
        absl::Status(static_cast<absl::StatusCode>(code), "as told");
    const int wanted = ExitCodeOf(script_.status);
    for (const Words& words : all) {
      const Ran ran = Run(words);
      EXPECT_EQ(ran.code, wanted) << Text(words) << " " << script_.status;
      EXPECT_EQ(ran.out, "") << Text(words);
      EXPECT_TRUE(ran.err.starts_with("error: ")) << ran.err;
    }
    const Ran json = Run({"topic", "list", "-o", "json"});
    EXPECT_EQ(ParseJson(json.err)->Find("code")->text, std::to_string(code))
        << json.err;
  }
}

TEST_F(RootTest, EachFailedItemHasItsExitCodeAndSeveralHaveOne) {
  for (const ErrorCode code : AllErrorCodes()) {
    script_.item = MakeError(code, "as told", "do it otherwise");
    for (const Words& words : Writing()) {
      const Ran ran = Run(words);
      EXPECT_EQ(ran.code, ExitCodeOf(script_.item))
          << Text(words) << " " << NameOf(code);
      EXPECT_NE(ran.err.find("reason: " + std::string(NameOf(code)) + "\n"),
                std::string::npos)
          << ran.err;
      EXPECT_NE(ran.err.find("try: do it otherwise\n"), std::string::npos);
      EXPECT_NE(ran.err.find("request id: "), std::string::npos) << ran.err;
    }
    EXPECT_EQ(Run({"topic", "create", "a", "b"}).code, 1) << NameOf(code);
  }
}

TEST_F(RootTest, ItemsAreNamedOnceHoweverTheServerPutsIt) {
  script_.item =
      MakeError(ErrorCode::kTopicAlreadyExists,
                "topic \"t\" not created: a topic of this name exists");
  Ran ran = Run({"topic", "create", "t"});
  EXPECT_TRUE(
      ran.err.starts_with("error: topic \"t\" not created: a topic of "
                          "this name exists\n"))
      << ran.err;
  script_.item = MakeError(ErrorCode::kTopicAlreadyExists, "exists");
  ran = Run({"topic", "create", "t"});
  EXPECT_TRUE(ran.err.starts_with("error: topic \"t\" not created: exists\n"))
      << ran.err;
}

TEST_F(RootTest, FlagsForgiveWhatTheyShould) {
  script_.item = MakeError(ErrorCode::kTopicAlreadyExists, "exists");
  EXPECT_EQ(Run({"topic", "create", "t"}).code, 5);
  EXPECT_EQ(Run({"topic", "create", "t", "--if-not-exists"}).code, 0);
  script_.item = MakeError(ErrorCode::kUnknownTopic, "gone");
  EXPECT_EQ(Run({"topic", "delete", "t", "-y"}).code, 4);
  EXPECT_EQ(Run({"topic", "delete", "t", "-y", "--if-exists"}).code, 0);
}

TEST_F(RootTest, DestructiveVerbsAskOrDemandYes) {
  for (const Words& words : {Words{"topic", "delete", "t"},
                             Words{"topic", "trim", "t", "-o", "end"}}) {
    const Ran ran = Run(words);
    EXPECT_EQ(ran.code, 2) << Text(words);
    EXPECT_NE(ran.err.find("--yes"), std::string::npos) << ran.err;
  }
  EXPECT_TRUE(script_.calls.empty());
  // What only looks needs no yes.
  EXPECT_EQ(Run({"topic", "trim", "t", "-o", "end", "--dry-run"}).code, 0);
}

TEST_F(RootTest, ClientDryRunsCallNobody) {
  EXPECT_EQ(Run({"topic", "create", "t", "--dry-run=client"}).code, 0);
  EXPECT_EQ(Run({"config", "set", "a=b", "--dry-run=client"}).code, 0);
  EXPECT_TRUE(script_.calls.empty());
}

TEST_F(RootTest, ListsGatherAllPages) {
  EXPECT_EQ(Run({"topic", "list", "-o", "name"}).out, "orders\npayments\n");
  EXPECT_EQ(Run({"topic", "list", "payments", "-o", "name"}).out, "payments\n");
}

TEST_F(RootTest, ColumnsAreFixed) {
  const auto header = [&](const Words& words) {
    const std::string out = Run(words).out;
    Words names =
        absl::StrSplit(out.substr(0, out.find('\n')), ' ', absl::SkipEmpty());
    return Text(names);
  };
  EXPECT_EQ(header({"topic", "list"}),
            "NAME PARTITIONS REPLICAS SIZE RETENTION");
  EXPECT_EQ(header({"topic", "list", "-o", "wide"}),
            "NAME PARTITIONS REPLICAS SIZE RETENTION ID MIN-ISR CLEANUP "
            "UNDER-REPLICATED UNAVAILABLE");
  EXPECT_EQ(header({"topic", "describe", "t", "-p"}),
            "PARTITION LEADER EPOCH REPLICAS ISR LOG-START HIGH-WATERMARK "
            "SIZE");
  EXPECT_EQ(header({"topic", "describe", "t", "-p", "-o", "wide"}),
            "PARTITION LEADER EPOCH REPLICAS ISR LOG-START HIGH-WATERMARK "
            "SIZE LSO OFFLINE DIR OUT-OF-SYNC");
  EXPECT_EQ(header({"partition", "list"}),
            "TOPIC PARTITION LEADER EPOCH REPLICAS ISR OUT-OF-SYNC STATE");
  EXPECT_EQ(header({"cluster", "health"}), "LEVEL KIND SUBJECT MESSAGE");
  EXPECT_EQ(header({"cluster", "features"}), "FEATURE LEVEL SUPPORTED BEHIND");
  EXPECT_EQ(header({"broker", "list"}),
            "ID HOST RACK STATE LEADERS REPLICAS DISK-USED DISK-FREE VERSION "
            "AGE");
  EXPECT_EQ(header({"topic", "create", "t"}), "NAME STATUS MESSAGE");
}

TEST_F(RootTest, TrimmingNeedsToKnowWhereTo) {
  EXPECT_EQ(Run({"topic", "trim", "t", "-y"}).code, 2);
  EXPECT_EQ(Run({"topic", "trim", "t", "-y", "-o", "start"}).code, 2);
  EXPECT_EQ(Run({"topic", "trim", "t", "-y", "-o", "nonsense"}).code, 2);
  EXPECT_TRUE(script_.calls.empty());
  const Ran ran = Run({"topic", "trim", "t", "-y", "--to", "@0"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("log start 0 -> 3, 1KiB freed, 1KiB left"),
            std::string::npos)
      << ran.out;
}

TEST_F(RootTest, CompactingTellsWhatCameOfIt) {
  Ran ran = Run({"topic", "compact", "t", "--wait"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("3 records kept, 4 removed, 2KiB -> 1KiB, offsets "
                         "[0, 7) as before"),
            std::string::npos)
      << ran.out;
  ran = Run({"topic", "compact", "t", "-p", "0"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("queued; --wait"), std::string::npos) << ran.out;
  script_.item = MakeError(ErrorCode::kInvalidRequest, "not compacted");
  EXPECT_NE(Run({"topic", "compact", "t"}).code, 0);
}

TEST_F(RootTest, AnyCallGoesInAndOutAsJson) {
  const Ran ran = Run({"rpc", "TopicAdmin.ListTopics", "-d",
                       R"({"pattern": "o.*", "pageSize": 5})"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ParseJson(ran.out)->Find("nextPageToken")->text, "o.*/5");
  EXPECT_EQ(script_.calls, (Words{"/barnabas.v1.TopicAdmin/ListTopics"}));
  for (const Words& words :
       {Words{"rpc"}, Words{"rpc", "Nonsense"}, Words{"rpc", "FetchStream"},
        Words{"rpc", "ListTopics", "--list"},
        Words{"rpc", "ListTopics", "-d", "{\"nosuch\": 1}"},
        Words{"rpc", "ListTopics", "-d", "no json"},
        Words{"rpc", "--describe", "Nonsense"}}) {
    const Ran refused = Run(words);
    EXPECT_EQ(refused.code, 2) << Text(words) << refused.err;
    EXPECT_EQ(refused.out, "") << Text(words);
  }
  EXPECT_NE(Run({"rpc", "--list"}).out.find("Consumer/Tail"),
            std::string::npos);
  EXPECT_NE(Run({"rpc", "--describe", "Tail"}).out.find("message TailRequest"),
            std::string::npos);
}

TEST_F(RootTest, CompletionAsksTheSameTree) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Ran ran = Run({"completion", shell});
    EXPECT_EQ(ran.code, 0);
    EXPECT_NE(ran.out.find("__complete --"), std::string::npos) << ran.out;
  }
  EXPECT_EQ(Run({"__complete", "--", "topic", "tr"}).out,
            "trim\tDelete the oldest records of a topic\n:4\n");
  EXPECT_EQ(Run({"__complete", "--", "topic", "trim", "or"}).out,
            "orders\t6 partitions\n:4\n");
  // A Tab never fails and never talks.
  script_.status = absl::UnavailableError("refused");
  const Ran silent = Run({"__complete", "--", "topic", "trim", ""});
  EXPECT_EQ(silent.code, 0);
  EXPECT_EQ(silent.out, ":4\n");
  EXPECT_EQ(silent.err, "");
  // Whatever stands on the line.
  Walk([&](const Command&, const Words& path) {
    const Ran ran =
        Run(With({"__complete", "--"}, With(path, {"--weird=", ""})));
    EXPECT_EQ(ran.code, 0) << Text(path);
    EXPECT_EQ(ran.err, "") << Text(path);
  });
}

TEST_F(RootTest, HealthHasTheCodesOfGrpcHealthProbe) {
  EXPECT_EQ(Run({"health"}).code, 0);
  EXPECT_EQ(Run({"health", "--service", "nosuch"}).code, 3);
  EXPECT_EQ(Run({"health", "--service", "stopping"}).code, 4);
  script_.status = absl::UnavailableError("refused");
  EXPECT_EQ(Run({"health"}).code, 2);
  script_.status = absl::DeadlineExceededError("slow");
  EXPECT_EQ(Run({"health"}).code, 3);
}

TEST_F(RootTest, AnUnhealthyClusterEndsWithSeven) {
  EXPECT_EQ(Run({"cluster", "health"}).code, 0);
  script_.item = MakeError(ErrorCode::kInternal, "ill");
  Ran ran = Run({"cluster", "health"});
  EXPECT_EQ(ran.code, 7);
  EXPECT_NE(ran.out.find("CRITICAL  BROKER_FENCED  broker 100  is fenced"),
            std::string::npos)
      << ran.out;
  EXPECT_EQ(Run({"cluster", "health", "-e", "--timeout", "1ms"}).code, 7);
  // Without a leading controller the node that is asked cannot say more.
  script_.status = MakeError(ErrorCode::kControllerNotAvailable, "gone");
  ran = Run({"cluster", "health"});
  EXPECT_EQ(ran.code, 7);
  EXPECT_NE(ran.out.find("NO_CONTROLLER"), std::string::npos) << ran.out;
}

TEST_F(RootTest, DrainingTellsWhatMovedAndWhatStays) {
  const Ran ran = Run({"broker", "drain", "100"});
  EXPECT_NE(ran.out.find("gets no new replicas; 4 partitions led by others; "
                         "still leads 1 partition, alone in sync: orders[2]"),
            std::string::npos)
      << ran.out;
  EXPECT_EQ(Run({"broker", "decommission", "100"}).code, 2) << "needs --yes";
  EXPECT_EQ(Run({"broker", "drain", "100", "--wait"}).code, 0);
}

TEST_F(RootTest, ElectionsNeedToKnowOfWhat) {
  EXPECT_EQ(Run({"partition", "elect"}).code, 2);
  EXPECT_EQ(Run({"partition", "elect", "t", "--all"}).code, 2);
  EXPECT_EQ(Run({"partition", "elect", ":3"}).code, 2);
  EXPECT_EQ(Run({"partition", "describe", "t:x"}).code, 2);
  EXPECT_TRUE(script_.calls.empty());
  EXPECT_EQ(Run({"partition", "elect", "--all", "--preferred"}).code, 0);
}

TEST_F(RootTest, LevelsRiseToTheNewestThatAllSupport) {
  const Ran ran = Run({"cluster", "features", "upgrade", "metadata"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("level 1 -> 2"), std::string::npos) << ran.out;
  EXPECT_EQ(Run({"cluster", "features", "upgrade", "nosuch"}).code, 2);
  EXPECT_EQ(Run({"cluster", "features", "upgrade"}).code, 2);
  EXPECT_EQ(Run({"cluster", "features", "lower", "metadata", "1"}).code, 2);
}

TEST_F(RootTest, VersionNeedsNoServer) {
  script_.status = absl::UnavailableError("refused");
  EXPECT_EQ(Run({"version"}).code, 0);
  EXPECT_EQ(Run({"--version"}).code, 0);
  EXPECT_TRUE(script_.calls.size() <= 1);
}

TEST_F(RootTest, RetriesOnlyWhatReads) {
  script_.status = absl::UnavailableError("refused");
  EXPECT_EQ(Run({"topic", "list", "--retry", "2"}).code, 3);
  EXPECT_EQ(script_.calls.size(), 3u);
  script_.calls.clear();
  EXPECT_EQ(Run({"topic", "create", "t", "--retry", "2"}).code, 3);
  EXPECT_EQ(script_.calls.size(), 1u);
  EXPECT_EQ(Run({"topic", "create", "t", "--watch"}).code, 2);
}

}  // namespace
}  // namespace barnabas::cli
