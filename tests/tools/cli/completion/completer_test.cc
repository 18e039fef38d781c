// What Tab offers, on a small tree and with names from nowhere.
#include "tools/cli/completion/completer.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace barnabas::cli {
namespace {

using Words = std::vector<std::string>;

class FixedNames final : public NameSource {
 public:
  std::vector<Offer> Topics(const std::string& prefix) override {
    asked.push_back("topics " + prefix);
    return {{"orders", "6 partitions"}, {"payments", ""}};
  }
  std::vector<Offer> Brokers() override { return {{"100", ""}, {"101", ""}}; }
  std::vector<Offer> Contexts() override { return {{"prod", ""}}; }
  std::vector<Offer> Keys(const std::string& scope) override {
    asked.push_back("keys " + scope);
    return {{"retention.ms", "How long."}, {"flush", ""}};
  }
  std::vector<Offer> Methods() override { return {{"TopicAdmin/X", ""}}; }

  Words asked;
};

class CompleterTest : public testing::Test {
 protected:
  CompleterTest() {
    Command describe{.name = "describe", .aliases = {"info"}};
    describe.summary = "Show";
    describe.flags = {{.names = "-p,--partitions", .help = "Each."},
                      {.names = "--form",
                       .value = "long|short",
                       .help = "How.",
                       .set = Ignore()},
                      {.names = "--later", .refused = "wait"}};
    describe.arguments = {
        {.name = "NAME", .min = 1, .max = -1, .completes = Completes::kTopic}};
    Command produce{.name = "produce", .summary = "Send"};
    produce.arguments = {
        {.name = "TOPIC", .completes = Completes::kTopic},
        {.name = "FILE", .max = -1, .completes = Completes::kFile}};
    Command set{.name = "set", .summary = "Set"};
    set.arguments = {{.name = "[SCOPE] KEY=VALUE",
                      .max = -1,
                      .completes = Completes::kScopedSetting}};
    Command later{.name = "drain", .summary = "Later", .refused = "wait"};
    Command hidden{.name = "__complete"};
    Command topic{.name = "topic", .aliases = {"t"}, .summary = "Topics"};
    topic.children = {describe, later};
    Command help{.name = "help", .summary = "Help"};
    help.arguments = {
        {.name = "WORD", .max = -1, .completes = Completes::kCommand}};
    root_ = Command{.name = "barnabas"};
    root_.children = {topic, produce, set, hidden, later, help};
    globals_ = {{.names = "-b,--bootstrap",
                 .value = "H:P",
                 .help = "Where.",
                 .set =
                     [this](const std::string& text) {
                       bootstrap_ = text;
                       return absl::OkStatus();
                     }},
                {.names = "--context",
                 .value = "NAME",
                 .help = "Which.",
                 .set = Ignore(),
                 .completes = Completes::kContext}};
  }

  static Setter Ignore() {
    return [](const std::string&) { return absl::OkStatus(); };
  }

  // Values only, and the directive last.
  Words Complete(const Words& words) {
    const Offers offers = CompleteWords(root_, globals_, words, &names_);
    Words values;
    for (const Offer& offer : offers.values) values.push_back(offer.value);
    values.push_back(":" + std::to_string(offers.directive));
    return values;
  }

  Command root_;
  std::vector<Flag> globals_;
  FixedNames names_;
  std::string bootstrap_;
};

TEST_F(CompleterTest, OffersCommandsButNeitherHiddenOnesNorLaterOnes) {
  EXPECT_EQ(Complete({""}), (Words{"topic", "produce", "set", "help", ":4"}));
  EXPECT_EQ(Complete({}), Complete({""}));
  EXPECT_EQ(Complete({"to"}), (Words{"topic", ":4"}));
  EXPECT_EQ(Complete({"topic", ""}), (Words{"describe", ":4"}));
  EXPECT_EQ(Complete({"t", "d"}), (Words{"describe", ":4"})) << "by alias";
  EXPECT_EQ(Complete({"nonsense", ""}).back(), ":4");
  EXPECT_TRUE(names_.asked.empty()) << "commands are known without a cluster";
}

TEST_F(CompleterTest, OffersFlagsOfTheCommandAndEverywhere) {
  EXPECT_EQ(Complete({"topic", "describe", "--"}),
            (Words{"--partitions", "--form", "--bootstrap", "--context",
                   "--help", ":4"}));
  EXPECT_EQ(Complete({"topic", "describe", "x", "--fo"}),
            (Words{"--form", ":4"}));
  EXPECT_EQ(Complete({"--co"}), (Words{"--context", ":4"}));
}

TEST_F(CompleterTest, OffersValuesOfFlags) {
  EXPECT_EQ(Complete({"topic", "describe", "--form", ""}),
            (Words{"long", "short", ":4"}));
  EXPECT_EQ(Complete({"topic", "describe", "--form=s"}),
            (Words{"--form=short", ":4"}));
  EXPECT_EQ(Complete({"--context", "p"}), (Words{"prod", ":4"}));
  EXPECT_EQ(Complete({"topic", "describe", "--nosuch="}), (Words{":4"}));
}

TEST_F(CompleterTest, OffersTopicsOfTheClusterThatIsMeant) {
  EXPECT_EQ(Complete({"-b", "h:1", "topic", "describe", "-p", "or"}),
            (Words{"orders", ":4"}));
  EXPECT_EQ(names_.asked, (Words{"topics or"}));
  EXPECT_EQ(bootstrap_, "h:1");
  Complete({"--bootstrap=h:2", "topic", "describe", ""});
  EXPECT_EQ(bootstrap_, "h:2");
  Complete({"-bh:3", "topic", "describe", ""});
  EXPECT_EQ(bootstrap_, "h:3");
  EXPECT_EQ(Complete({"topic", "describe", "--", "--or"}), (Words{":4"}))
      << "what follows -- is no flag";
}

TEST_F(CompleterTest, EachArgumentHasItsOwnKind) {
  EXPECT_EQ(Complete({"produce", "o"}), (Words{"orders", ":4"}));
  EXPECT_EQ(Complete({"produce", "orders", "x"}), (Words{":0"})) << "files";
}

TEST_F(CompleterTest, OffersScopesAndTheirKeys) {
  EXPECT_EQ(Complete({"set", ""}),
            (Words{"retention.ms=", "flush=", "topic/", "broker/", ":6"}));
  EXPECT_EQ(Complete({"set", "topic/o"}), (Words{"topic/orders", ":4"}));
  EXPECT_EQ(Complete({"set", "broker/"}),
            (Words{"broker/100", "broker/101", ":4"}));
  names_.asked.clear();
  EXPECT_EQ(Complete({"set", "topic/orders", "ret"}),
            (Words{"retention.ms=", ":6"}));
  EXPECT_EQ(names_.asked, (Words{"keys topic/orders"}));
}

TEST_F(CompleterTest, HelpIsOfferedCommandsAllTheWayDown) {
  EXPECT_EQ(Complete({"help", "topic", "d"}), (Words{"describe", ":4"}));
  EXPECT_EQ(Complete({"help", "nonsense", ""}), (Words{":4"}));
}

}  // namespace
}  // namespace barnabas::cli
