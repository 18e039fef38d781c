#include "tools/cli/rpc/method_table.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

TEST(MethodTableTest, KnowsEveryMethodOnce) {
  std::set<std::string> names;
  for (const auto* method : AllMethods()) {
    EXPECT_TRUE(names.insert(ShortName(*method)).second);
  }
  for (const char* name :
       {"Discovery/WatchMetadata", "TopicAdmin/TrimTopic",
        "ConfigAdmin/AlterConfig", "Producer/ProduceStream", "Consumer/Tail",
        "NodeAdmin/DescribeLogDirs", "grpc.health.v1.Health/Check"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(MethodTableTest, FindsAMethodHoweverItIsSpelt) {
  for (const char* name : {"TopicAdmin/ListTopics", "TopicAdmin.ListTopics",
                           "ListTopics", "barnabas.v1.TopicAdmin/ListTopics",
                           "/barnabas.v1.TopicAdmin/ListTopics"}) {
    const auto method = FindMethod(name);
    ASSERT_TRUE(method.ok()) << name;
    EXPECT_EQ((*method)->full_name(), "barnabas.v1.TopicAdmin.ListTopics");
  }
  const auto unknown = FindMethod("TopicAdmin/ListTopic");
  EXPECT_EQ(ExitCodeOf(unknown.status()), 2);
}

TEST(MethodTableTest, KnowsWhatStreamsAndWhatChanges) {
  EXPECT_EQ(KindOf(**FindMethod("ListTopics")), "unary");
  EXPECT_EQ(KindOf(**FindMethod("Tail")), "server stream");
  EXPECT_EQ(KindOf(**FindMethod("FetchStream")), "bidi stream");
  EXPECT_FALSE(Changes(**FindMethod("ListTopics")));
  EXPECT_FALSE(Changes(**FindMethod("Tail")));
  EXPECT_TRUE(Changes(**FindMethod("TrimTopic")));
  EXPECT_TRUE(Changes(**FindMethod("Produce")));
}

TEST(MethodTableTest, DescribesMethodsMessagesAndEnums) {
  const std::string method = *Describe("TrimTopic");
  EXPECT_NE(method.find("rpc TrimTopic"), std::string::npos) << method;
  EXPECT_NE(method.find("message TrimTopicRequest {"), std::string::npos);
  EXPECT_NE(method.find("message TrimTopicResponse {"), std::string::npos);
  EXPECT_NE(Describe("Acks")->find("ACKS_ALL"), std::string::npos);
  EXPECT_NE(Describe("barnabas.v1.Position")->find("timestamp_ms"),
            std::string::npos);
  EXPECT_NE(Describe("TopicAdmin")->find("rpc CreateTopics"),
            std::string::npos);
  EXPECT_EQ(ExitCodeOf(Describe("Nonsense").status()), 2);
}

}  // namespace
}  // namespace barnabas::cli
