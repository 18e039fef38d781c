#include "metadata/config/message_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "barnabas/internal/v1/controller.pb.h"
#include "barnabas/v1/config.pb.h"

namespace barnabas::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Merge(const std::string& text,
                               google::protobuf::Message& message) {
  std::vector<std::string> faults;
  MergeYaml("f.yaml", text, message, faults);
  return faults;
}

TEST(MessageYaml, MapsListsAndScalarsBecomeFields) {
  v1::BrokerNodeConfig config;
  EXPECT_THAT(Merge("node: {id: 100, rack: eu-1a, data_dirs: [/d]}\n"
                    "cluster:\n"
                    "  controllers:\n"
                    "    - 1@c1:9293\n"
                    "    - \"2@c2:9293\"\n"
                    "insecure: true\n",
                    config),
              IsEmpty());
  EXPECT_EQ(config.node().id(), 100);
  EXPECT_EQ(config.node().rack(), "eu-1a");
  EXPECT_THAT(config.node().data_dirs(), ElementsAre("/d"));
  EXPECT_THAT(config.cluster().controllers(),
              ElementsAre("1@c1:9293", "2@c2:9293"));
  EXPECT_TRUE(config.insecure());
}

TEST(MessageYaml, AnEmptyTextChangesNothing) {
  v1::BrokerNodeConfig config;
  EXPECT_THAT(Merge("", config), IsEmpty());
  EXPECT_THAT(Merge("# only a comment\n", config), IsEmpty());
  EXPECT_THAT(Merge("node:\n", config), IsEmpty());
}

TEST(MessageYaml, AnUnknownKeyHasItsLineAndTheNearestName) {
  v1::BrokerNodeConfig config;
  EXPECT_THAT(Merge("node:\n  id: 1\n  data_dir: [/d]\ncolour: red\n", config),
              ElementsAre("f.yaml:3: unknown key \"node.data_dir\"; did you "
                          "mean \"node.data_dirs\"?",
                          "f.yaml:4: unknown key \"colour\""));
}

TEST(MessageYaml, WrongTypesAreToldOneByOne) {
  v1::BrokerNodeConfig config;
  EXPECT_THAT(
      Merge("node:\n"
            "  id: hundred\n"
            "  rack: [a]\n"
            "  data_dirs: /d\n"
            "cluster: none\n"
            "insecure: maybe\n"
            "log: {verbosity: 99999999999}\n",
            config),
      ElementsAre("f.yaml:2: \"node.id\" is a whole number, not \"hundred\"",
                  "f.yaml:3: \"node.rack\" must be one value",
                  "f.yaml:4: \"node.data_dirs\" must be a list: [a, b]",
                  "f.yaml:5: \"cluster\" must hold keys and values",
                  "f.yaml:6: \"insecure\" is true or false, not \"maybe\"",
                  "f.yaml:7: \"log.verbosity\" is a whole number, not "
                  "\"99999999999\""));
}

TEST(MessageYaml, AKeyGivenTwiceIsAFault) {
  v1::BrokerNodeConfig config;
  EXPECT_THAT(Merge("insecure: true\ninsecure: false\n", config),
              ElementsAre("f.yaml:2: key \"insecure\" is given twice"));
}

TEST(MessageYaml, WhatIsNotYamlHasItsLine) {
  v1::BrokerNodeConfig config;
  const auto faults = Merge("node:\n  id: [1\nx: }\n", config);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_THAT(faults[0], HasSubstr("not YAML"));
  EXPECT_THAT(Merge("just words", config),
              ElementsAre("f.yaml:1: the file must hold keys and values"));
  EXPECT_THAT(Merge("- a\n", config),
              ElementsAre("f.yaml:1: the file must hold keys and values"));
  EXPECT_THAT(Merge("{[a]: 1}", config),
              ElementsAre("f.yaml:1: a key must be a plain word"));
}

TEST(MessageYaml, HostileTextsAreRefusedNotFollowed) {
  v1::BrokerNodeConfig config;
  EXPECT_EQ(Merge(std::string(2 << 20, 'a'), config).size(), 1u);
  EXPECT_EQ(Merge(std::string(100'000, '['), config).size(), 1u);
  EXPECT_EQ(Merge(std::string("a\0b: 1", 6), config).size(), 1u);
}

TEST(MessageYaml, UnitsAreTakenByNumbersNamedForThem) {
  internal::v1::BrokerRegistered message;
  EXPECT_THAT(Merge("{heartbeat_ms: 30s, session_ms: 250}", message),
              IsEmpty());
  EXPECT_EQ(message.heartbeat_ms(), 30'000);
  EXPECT_EQ(message.session_ms(), 250);
  internal::v1::BrokerHeartbeat heartbeat;
  EXPECT_THAT(Merge("disk_used_bytes: 64MiB", heartbeat), IsEmpty());
  EXPECT_EQ(heartbeat.disk_used_bytes(), 64 << 20);
  EXPECT_THAT(Merge("disk_used_bytes: 30s", heartbeat),
              ElementsAre(HasSubstr("a size such as 64MiB")));
}

TEST(MessageYaml, AnOverrideSetsOneField) {
  v1::BrokerNodeConfig config;
  std::vector<std::string> faults;
  config.mutable_node()->add_data_dirs("/old");
  MergeOverride("listeners.client.bind=0.0.0.0:9292", config, faults);
  MergeOverride("node.id=7", config, faults);
  MergeOverride("node.data_dirs=/a,/b", config, faults);
  MergeOverride("node.rack=a=b", config, faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(config.listeners().client().bind(), "0.0.0.0:9292");
  EXPECT_EQ(config.node().id(), 7);
  EXPECT_THAT(config.node().data_dirs(), ElementsAre("/a", "/b"));
  EXPECT_EQ(config.node().rack(), "a=b");
}

TEST(MessageYaml, ABadOverrideNamesItself) {
  v1::BrokerNodeConfig config;
  std::vector<std::string> faults;
  for (const char* text : {"node.id", "node.idd=1", "node.id=x", "node=1",
                           "node.id.x=1", "=1", "node..id=1"}) {
    MergeOverride(text, config, faults);
  }
  EXPECT_THAT(
      faults,
      ElementsAre("--set node.id: write it as key=value",
                  "--set node.idd=1: unknown key \"node.idd\"; did you mean "
                  "\"node.id\"?",
                  "--set node.id=x: \"node.id\" is a whole number, not \"x\"",
                  "--set node=1: \"node\" is no plain value",
                  "--set node.id.x=1: \"node.id\" has no keys below it",
                  "--set =1: unknown key \"\"",
                  "--set node..id=1: unknown key \"node.\""));
}

}  // namespace
}  // namespace barnabas::config
