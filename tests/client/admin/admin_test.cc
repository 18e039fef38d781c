#include "client/admin/admin.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/node_admin.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "proto/types/error.h"
#include "tests/client/scripted/scripted_cluster.h"

namespace barnabas::client {
namespace {

// A node that answers each call as the test says.
class Node final : public v1::TopicAdmin::Service {
 public:
  using Answer = std::function<grpc::Status()>;

  explicit Node(Answer answer) : answer_(std::move(answer)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(this);
    builder.RegisterService(&health_);
    builder.RegisterService(&node_admin_);
    server_ = builder.BuildAndStart();
  }

  grpc::Status CreateTopics(grpc::ServerContext*,
                            const v1::CreateTopicsRequest* request,
                            v1::CreateTopicsResponse* response) override {
    ++calls;
    for (const v1::CreateTopic& topic : request->topics()) {
      response->add_results()->set_name(topic.name());
    }
    return answer_();
  }
  grpc::Status ListTopics(grpc::ServerContext*, const v1::ListTopicsRequest*,
                          v1::ListTopicsResponse*) override {
    ++calls;
    return answer_();
  }

  std::string Endpoint() const { return absl::StrCat("127.0.0.1:", port_); }

  std::atomic<int> calls = 0;

 private:
  class Health final : public grpc::health::v1::Health::Service {
    grpc::Status Check(
        grpc::ServerContext*,
        const grpc::health::v1::HealthCheckRequest* request,
        grpc::health::v1::HealthCheckResponse* response) override {
      if (request->service() == "unheard") {
        return grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown");
      }
      response->set_status(
          request->service().empty()
              ? grpc::health::v1::HealthCheckResponse::SERVING
              : grpc::health::v1::HealthCheckResponse::NOT_SERVING);
      return grpc::Status::OK;
    }
  };
  class Levels final : public v1::NodeAdmin::Service {
    grpc::Status SetLogLevel(grpc::ServerContext*,
                             const v1::SetLogLevelRequest* request,
                             v1::SetLogLevelResponse* response) override {
      response->mutable_levels()->set_verbosity(request->verbosity());
      return grpc::Status::OK;
    }
  };

  const Answer answer_;
  Health health_;
  Levels node_admin_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

ClientOptions OptionsFor(std::vector<std::string> bootstrap) {
  ClientOptions options;
  options.bootstrap = std::move(bootstrap);
  options.backoff_first = absl::Milliseconds(1);
  options.backoff_max = absl::Milliseconds(5);
  options.request_timeout = absl::Seconds(20);
  return options;
}

v1::CreateTopicsRequest Create(const std::string& name) {
  v1::CreateTopicsRequest request;
  request.add_topics()->set_name(name);
  return request;
}

grpc::Status Ok() { return grpc::Status::OK; }

TEST(AdminTest, AnyNodeThatAnswersIsGoodEnough) {
  Node node(Ok);
  const auto admin =
      *Admin::Create(OptionsFor({"127.0.0.1:1", node.Endpoint()}));
  const auto response = admin->CreateTopics(Create("orders"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).name(), "orders");
  EXPECT_EQ(node.calls, 1);
}

TEST(AdminTest, NoNodeAtAllIsToldSoon) {
  const auto admin = *Admin::Create(OptionsFor({"127.0.0.1:1"}));
  const auto response = admin->CreateTopics(Create("orders"));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(OutcomeUnknown(response.status()));
}

TEST(AdminTest, TheHintedControllerIsAsked) {
  Node active(Ok);
  Node other([&active] {
    LeaderHint hint;
    hint.endpoint = active.Endpoint();
    return rpc::ToGrpc(
        WithLeader(MakeError(ErrorCode::kNotController, "not me"), hint));
  });
  const auto admin = *Admin::Create(OptionsFor({other.Endpoint()}));
  EXPECT_TRUE(admin->CreateTopics(Create("orders")).ok());
  EXPECT_EQ(other.calls, 1);
  EXPECT_EQ(active.calls, 1);
  // And remembered.
  EXPECT_TRUE(admin->CreateTopics(Create("more")).ok());
  EXPECT_EQ(other.calls, 1);
}

TEST(AdminTest, ARefusalThatMayPassIsTriedAgain) {
  std::atomic<int> left = 3;
  Node node([&left] {
    if (left-- <= 0) return grpc::Status::OK;
    return rpc::ToGrpc(
        MakeError(ErrorCode::kControllerNotAvailable, "electing"));
  });
  const auto admin = *Admin::Create(OptionsFor({node.Endpoint()}));
  EXPECT_TRUE(admin->CreateTopics(Create("orders")).ok());
  EXPECT_EQ(node.calls, 4);
}

TEST(AdminTest, ARefusalForGoodIsToldAtOnce) {
  Node node([] {
    return rpc::ToGrpc(
        MakeError(ErrorCode::kInvalidTopicName, "no", "use letters"));
  });
  const auto admin = *Admin::Create(OptionsFor({node.Endpoint()}));
  const auto response = admin->CreateTopics(Create("..."));
  EXPECT_EQ(CodeOf(response.status()), ErrorCode::kInvalidTopicName);
  EXPECT_EQ(HintOf(response.status()), "use letters");
  EXPECT_EQ(node.calls, 1);
}

TEST(AdminTest, AWriteWhoseAnswerIsLostIsNotRepeated) {
  Node node(
      [] { return grpc::Status(grpc::StatusCode::UNAVAILABLE, "cut off"); });
  const auto admin = *Admin::Create(OptionsFor({node.Endpoint()}));
  const auto response = admin->CreateTopics(Create("orders"));
  EXPECT_TRUE(OutcomeUnknown(response.status())) << response.status();
  EXPECT_EQ(node.calls, 1);
}

TEST(AdminTest, AReadWhoseAnswerIsLostIsRepeated) {
  std::atomic<int> left = 2;
  Node node([&left] {
    if (left-- <= 0) return grpc::Status::OK;
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "cut off");
  });
  const auto admin = *Admin::Create(OptionsFor({node.Endpoint()}));
  EXPECT_TRUE(admin->ListTopics({}).ok());
  EXPECT_EQ(node.calls, 3);
}

TEST(AdminTest, OffsetsComeFromEveryLeader) {
  testing_client::ScriptedCluster cluster(3);
  cluster.AddTopic("orders", 5);
  const auto admin = *Admin::Create(OptionsFor({cluster.Endpoint(0)}));
  v1::ListOffsetsRequest request;
  request.mutable_topic()->set_name("orders");
  const auto response = admin->leaders().ListOffsets(request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->partitions_size(), 5);
  for (const v1::PartitionOffsets& partition : response->partitions()) {
    EXPECT_FALSE(partition.has_error()) << partition.DebugString();
  }
  request.mutable_topic()->set_name("unheard");
  EXPECT_EQ(CodeOf(admin->leaders().ListOffsets(request).status()),
            ErrorCode::kUnknownTopic);
}

TEST(AdminTest, OneNodeIsAskedAboutItself) {
  Node node(Ok);
  const auto client = *NodeClient::Create(OptionsFor({}), node.Endpoint());
  EXPECT_EQ(*client->CheckHealth(""), 1);
  EXPECT_EQ(*client->CheckHealth("barnabas.v1.Producer"), 2);
  EXPECT_EQ(*client->CheckHealth("unheard"), 3);
  v1::SetLogLevelRequest request;
  request.set_verbosity(2);
  EXPECT_EQ(client->SetLogLevel(request)->levels().verbosity(), 2);
  EXPECT_EQ(client->GetLogLevels().status().code(),
            absl::StatusCode::kUnimplemented);
  EXPECT_EQ(CodeOf(NodeClient::Create(OptionsFor({}), "").status()),
            ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace barnabas::client
