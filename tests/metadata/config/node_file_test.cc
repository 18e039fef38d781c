#include "metadata/config/node_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/matchers.h"

namespace barnabas::config {
namespace {

using support::HasErrorCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kBroker[] =
    "node: {id: 100, data_dirs: [/var/lib/barnabas]}\n"
    "cluster: {id: Xk3mYpQvT1eRz0aBcDeFgA, controllers: [1@localhost:9293]}\n";
constexpr char kController[] =
    "node: {id: 1, data_dir: /var/lib/barnabas}\n"
    "cluster: {id: Xk3mYpQvT1eRz0aBcDeFgA}\n";

absl::StatusOr<v1::BrokerNodeConfig> Broker(
    const std::string& more, std::vector<std::string> overrides = {}) {
  return ParseBrokerNode({"broker.yaml", kBroker + more, overrides});
}

absl::StatusOr<v1::ControllerNodeConfig> Controller(
    const std::string& more, std::vector<std::string> overrides = {}) {
  return ParseControllerNode(
      {"controller.yaml", kController + more, overrides});
}

template <typename Config>
std::string Message(const absl::StatusOr<Config>& result) {
  return std::string(result.status().message());
}

TEST(NodeFile, ListenersHaveDefaultsOnLoopback) {
  ASSERT_OK_AND_ASSIGN(const v1::BrokerNodeConfig config, Broker(""));
  EXPECT_EQ(config.node().id(), 100);
  EXPECT_EQ(config.listeners().client().bind(), "127.0.0.1:9292");
  EXPECT_EQ(config.listeners().client().advertised(), "127.0.0.1:9292");
  EXPECT_EQ(config.listeners().peer().bind(), "127.0.0.1:9293");
  EXPECT_EQ(config.listeners().http().bind(), "127.0.0.1:9294");
  ASSERT_OK_AND_ASSIGN(const v1::ControllerNodeConfig controller,
                       Controller(""));
  EXPECT_FALSE(controller.listeners().has_client());
  EXPECT_EQ(controller.listeners().peer().bind(), "127.0.0.1:9293");
}

TEST(NodeFile, OverridesWinOverTheText) {
  ASSERT_OK_AND_ASSIGN(
      const v1::BrokerNodeConfig config,
      Broker("", {"node.id=101", "listeners.client.bind=127.0.0.1:0"}));
  EXPECT_EQ(config.node().id(), 101);
  EXPECT_EQ(config.listeners().client().bind(), "127.0.0.1:0");
}

TEST(NodeFile, OverridesAloneMayBeEnough) {
  EXPECT_OK(ParseControllerNode({"none",
                                 "",
                                 {"node.id=1", "node.data_dir=/d",
                                  "cluster.id=Xk3mYpQvT1eRz0aBcDeFgA"}}));
}

TEST(NodeFile, AnEmptyFileSaysAllThatIsMissing) {
  const auto result = ParseBrokerNode({"broker.yaml", "", {}});
  EXPECT_THAT(result, HasErrorCode(ErrorCode::kInvalidNodeFile));
  EXPECT_THAT(Message(result),
              AllOf(HasSubstr("4 faults"), HasSubstr("\"node.id\" is missing"),
                    HasSubstr("\"node.data_dirs\" names 0 directories"),
                    HasSubstr("\"cluster.id\" is missing"),
                    HasSubstr("\"cluster.controllers\" is missing")));
  EXPECT_THAT(HintOf(result.status()), HasSubstr("--set key=value"));
}

TEST(NodeFile, OtherMachinesNeedInsecure) {
  const std::string open = "listeners: {client: {bind: \"10.0.0.1:9292\"}}\n";
  EXPECT_THAT(Message(Broker(open)), AllOf(HasSubstr("listeners.client.bind"),
                                           HasSubstr("insecure: true")));
  EXPECT_OK(Broker(open + "insecure: true\n"));
}

TEST(NodeFile, AWildcardMustAdvertiseSomethingElse) {
  EXPECT_THAT(
      Message(Broker("insecure: true\n"
                     "listeners: {client: {bind: \"0.0.0.0:9292\"}}\n")),
      HasSubstr("\"listeners.client.advertised\" is missing"));
  EXPECT_OK(
      Broker("insecure: true\nlisteners: {client: {bind: "
             "\"0.0.0.0:9292\", advertised: \"b100:9292\"}}\n"));
  EXPECT_THAT(Message(Broker("listeners: {client: {advertised: nowhere}}\n")),
              HasSubstr("not an address to dial"));
}

TEST(NodeFile, BadValuesAreNamedWithTheirBounds) {
  EXPECT_THAT(Message(Broker("", {"node.id=1000001"})),
              HasSubstr("\"node.id\" is 1000001, not in 1…1000000"));
  EXPECT_THAT(Message(Broker("", {"node.id=-4"})), HasSubstr("is -4"));
  EXPECT_THAT(Message(Broker("", {"cluster.id=abc"})),
              HasSubstr("\"cluster.id\" is \"abc\""));
  EXPECT_THAT(Message(Broker("", {"node.data_dirs=/a,/b"})),
              HasSubstr("names 2 directories; exactly one"));
  EXPECT_THAT(Message(Broker("", {"cluster.controllers=c1:9293"})),
              HasSubstr("not ID@HOST:PORT"));
  EXPECT_THAT(Message(Broker("", {"cluster.controllers=1@a:1,1@b:1"})),
              HasSubstr("names controller 1 twice"));
  EXPECT_THAT(Message(Broker("", {"cluster.controllers=100@a:1"})),
              HasSubstr("ids are one number space"));
  EXPECT_THAT(Message(Broker("log: {verbosity: 10}\n")),
              HasSubstr("\"log.verbosity\" is 10, not in 0…9"));
  EXPECT_THAT(Message(Broker("", {"listeners.http.bind=127.0.0.1:9292"})),
              HasSubstr("two listeners bind to 127.0.0.1:9292"));
  EXPECT_THAT(Message(Broker("", {"listeners.http.bind=nowhere"})),
              HasSubstr("not host:port"));
}

TEST(NodeFile, AControllerHasNoClientListener) {
  EXPECT_THAT(
      Message(Controller("listeners: {client: {bind: \"127.0.0.1:1\"}}\n")),
      HasSubstr("belongs to brokers"));
  EXPECT_THAT(Message(Controller("", {"node.data_dir="})),
              HasSubstr("\"node.data_dir\" is missing"));
}

TEST(NodeFile, FaultsOfFormAndMeaningComeTogether) {
  const auto result = Broker("colour: red\nlog: {verbosity: 10}\n");
  EXPECT_THAT(Message(result),
              AllOf(HasSubstr("broker.yaml:3: unknown key \"colour\""),
                    HasSubstr("log.verbosity")));
}

TEST(NodeFile, VariablesStandForOverrides) {
  EXPECT_EQ(OverrideOfVariable("BARNABAS_CFG_LISTENERS__CLIENT__BIND", "a:1"),
            "listeners.client.bind=a:1");
  EXPECT_EQ(OverrideOfVariable("BARNABAS_CFG_NODE__DATA_DIRS", "/d"),
            "node.data_dirs=/d");
  EXPECT_EQ(OverrideOfVariable("BARNABAS_BOOTSTRAP", "x"), std::nullopt);
  EXPECT_EQ(OverrideOfVariable("BARNABAS_CFG_", "x"), std::nullopt);
}

TEST(NodeFile, WhatIsNoYamlIsToldAloneWithItsLine) {
  const auto parsed =
      ParseBrokerNode({"b.yaml", "node: {id: 7\n  x [y]\n", {}});
  ASSERT_THAT(parsed, support::HasErrorCode(ErrorCode::kInvalidNodeFile));
  const std::string text(parsed.status().message());
  EXPECT_EQ(text.rfind("b.yaml:2: not YAML", 0), 0u) << text;
  EXPECT_EQ(text.find("missing"), std::string::npos) << text;
}

TEST(NodeFile, WhatIsTypedWinsOverTheEnvironment) {
  const NodeFile file = WithVariables(
      {"", "", {"node.id=2"}},
      {{"BARNABAS_CFG_NODE__ID", "1"}, {"BARNABAS_BOOTSTRAP", "x"}});
  EXPECT_EQ(file.name, "the command line");
  EXPECT_EQ(file.overrides,
            (std::vector<std::string>{"node.id=1", "node.id=2"}));
  EXPECT_EQ(WithVariables({"b.yaml", "", {}}, {}).name, "b.yaml");
}

}  // namespace
}  // namespace barnabas::config
