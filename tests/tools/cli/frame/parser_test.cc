#include "tools/cli/frame/parser.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "proto/types/error.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// What a small tree was given.
struct Given {
  std::vector<std::string> names;
  std::vector<std::string> files;
  std::vector<std::string> settings;
  std::string offset;
  std::string format;
  std::string dry_run;
  std::string topic;
  std::optional<int32_t> partitions;
  int verbosity = 0;
};

class ParserTest : public testing::Test {
 protected:
  ParserTest() {
    Command create{.name = "create"};
    create.flags = {{.names = "-p,--partitions",
                     .value = "N",
                     .set = SetInteger(&given_.partitions, 1, 100)},
                    {.names = "-c,--config",
                     .value = "K=V",
                     .set = AddText(&given_.settings)},
                    {.names = "--soon", .refused = "wait"}};
    create.arguments = {
        {.name = "NAME", .max = -1, .set = AddText(&given_.names)}};
    Command topic{.name = "topic", .aliases = {"t"}};
    topic.children = {create, {.name = "trim", .refused = "use retention"}};
    Command consume{.name = "consume"};
    consume.flags = {{.names = "-o,--offset",
                      .value = "WHERE",
                      .set = SetText(&given_.offset)}};
    consume.arguments = {
        {.name = "TOPIC", .set = SetText(&given_.topic)},
        {.name = "FILE", .min = 0, .max = -1, .set = AddText(&given_.files)}};
    root_.name = "barnabas";
    root_.children = {topic, consume};
    globals_ = {{.names = "-o,--output",
                 .value = "FORM",
                 .set = SetText(&given_.format),
                 .hidden_names = "--formatted"},
                {.names = "-d,--dry-run",
                 .value = "WHERE",
                 .set = SetText(&given_.dry_run),
                 .bare = "server"},
                {.names = "-v", .set = [this](const std::string&) {
                   ++given_.verbosity;
                   return absl::OkStatus();
                 }}};
  }

  absl::Status Parse(const std::vector<std::string>& words) {
    given_ = Given();
    selected_ = Selection();
    return ParseCommandLine(root_, globals_, words, &selected_);
  }

  Command root_;
  std::vector<Flag> globals_;
  Given given_;
  Selection selected_;
};

TEST_F(ParserTest, FindsCommandsByNameAndAlias) {
  ASSERT_TRUE(Parse({"t", "create", "orders"}).ok());
  EXPECT_EQ(PathText(selected_), "barnabas topic create");
  EXPECT_EQ(given_.names, std::vector<std::string>{"orders"});
}

TEST_F(ParserTest, TakesGlobalFlagsAnywhere) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{
           {"-o", "json", "topic", "create", "a"},
           {"topic", "-o", "json", "create", "a"},
           {"topic", "create", "a", "-ojson"},
           {"topic", "create", "--output=json", "a"},
           {"topic", "create", "a", "--formatted", "json"}}) {
    const absl::Status status = Parse(words);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(given_.format, "json");
    EXPECT_EQ(given_.names, std::vector<std::string>{"a"});
  }
}

TEST_F(ParserTest, ACommandsOwnFlagWinsOverAGlobalOne) {
  ASSERT_TRUE(Parse({"consume", "t", "-o", "-10"}).ok());
  EXPECT_EQ(given_.offset, "-10");
  EXPECT_EQ(given_.format, "");
  ASSERT_TRUE(Parse({"consume", "t", "--output", "yaml", "-o", "+5"}).ok());
  EXPECT_EQ(given_.offset, "+5");
  EXPECT_EQ(given_.format, "yaml");
}

TEST_F(ParserTest, RepeatedFlagsTakeOneValueEach) {
  ASSERT_TRUE(
      Parse({"topic", "create", "-c", "a=1", "x", "-c", "b=2", "y"}).ok());
  EXPECT_EQ(given_.settings, (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_EQ(given_.names, (std::vector<std::string>{"x", "y"}));
  ASSERT_TRUE(Parse({"-vv", "topic", "create", "a", "-v"}).ok());
  EXPECT_EQ(given_.verbosity, 3);
}

TEST_F(ParserTest, AFlagWithOptionalValueTakesNoWord) {
  ASSERT_TRUE(Parse({"topic", "create", "--dry-run", "a"}).ok());
  EXPECT_EQ(given_.dry_run, "server");
  EXPECT_EQ(given_.names, std::vector<std::string>{"a"});
  for (const char* word : {"--dry-run=client", "-d=client"}) {
    ASSERT_TRUE(Parse({"topic", "create", word, "a"}).ok());
    EXPECT_EQ(given_.dry_run, "client");
  }
}

TEST_F(ParserTest, NamesOfCommandsAreFineAsArguments) {
  ASSERT_TRUE(Parse({"topic", "create", "consume", "topic"}).ok());
  EXPECT_EQ(given_.names, (std::vector<std::string>{"consume", "topic"}));
  ASSERT_TRUE(Parse({"consume", "create", "topic"}).ok());
  EXPECT_EQ(given_.topic, "create");
  EXPECT_EQ(given_.files, std::vector<std::string>{"topic"});
}

TEST_F(ParserTest, BracketsStayInArguments) {
  ASSERT_TRUE(Parse({"topic", "create", "[ab]", "[a,b]"}).ok());
  EXPECT_EQ(given_.names, (std::vector<std::string>{"[ab]", "[a,b]"}));
}

TEST_F(ParserTest, NothingBehindTheDashesIsAFlag) {
  const absl::Status status = Parse({"topic", "create", "--", "-odd", "-p"});
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(given_.names, (std::vector<std::string>{"-odd", "-p"}));
}

TEST_F(ParserTest, NamesTheNearestWord) {
  struct Case {
    std::vector<std::string> words;
    std::string hint;
  };
  const Case cases[] = {
      {{"topci", "create"}, "did you mean topic?"},
      {{"topic", "craete", "a"}, "did you mean create?"},
      {{"topic", "create", "a", "--partition", "3"},
       "did you mean --partitions?"},
      {{"topic", "create", "a", "--outptu=json"}, "did you mean --output?"},
      {{"zzz"}, "--help lists the commands"},
  };
  for (const Case& one : cases) {
    const absl::Status status = Parse(one.words);
    EXPECT_EQ(ExitCodeOf(status), 2) << status;
    EXPECT_EQ(HintOf(status), one.hint) << status;
  }
}

TEST_F(ParserTest, RefusesWrongNumbersOfArgumentsAndValues) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{
           {"topic", "create"},
           {"consume"},
           {"topic", "create", "a", "-p"},
           {"topic", "create", "a", "-p", "many"},
           {"topic", "create", "a", "-p", "0"},
           {"topic", "create", "a", "-v=3"}}) {
    EXPECT_EQ(ExitCodeOf(Parse(words)), 2);
  }
}

TEST_F(ParserTest, RefusesLaterCommandsAndFlagsByName) {
  absl::Status status = Parse({"topic", "trim", "orders", "--any", "-x"});
  EXPECT_EQ(CodeOf(status), ErrorCode::kUnsupportedFeature) << status;
  EXPECT_EQ(HintOf(status), "use retention");
  EXPECT_EQ(ExitCodeOf(status), 2);
  status = Parse({"topic", "create", "a", "--soon"});
  EXPECT_EQ(CodeOf(status), ErrorCode::kUnsupportedFeature) << status;
  EXPECT_EQ(HintOf(status), "wait");
}

TEST_F(ParserTest, HelpWinsOverEverything) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{
           {"--help"},
           {"topic", "-h"},
           {"topic", "create", "--help"},
           {"topic", "create", "-p", "nonsense", "--help"},
           {"topic", "trim", "--help"}}) {
    EXPECT_TRUE(Parse(words).ok());
    EXPECT_TRUE(selected_.help);
  }
}

}  // namespace
}  // namespace barnabas::cli
