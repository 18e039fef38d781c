// A whole controller: starts, refusals, restarts and stops.
#include "controller/controller_process.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "tests/controller/controller_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {
namespace {

using ::barnabas::support::HasErrorCode;

class ControllerProcessTest : public ControllerFixture {};

TEST_F(ControllerProcessTest, TellsWhoItIs) {
  Format();
  StartController();
  ASSERT_OK_AND_ASSIGN(const auto server,
                       Call(&v1::Discovery::Stub::GetServerInfo, {}));
  EXPECT_EQ(server.cluster_id(), kCluster.ToString());
  EXPECT_EQ(server.node_id(), 1);
  EXPECT_EQ(server.role(), v1::ROLE_CONTROLLER);
  EXPECT_GT(server.started_ms(), 0);
  const v1::DescribeClusterResponse cluster = Describe();
  ASSERT_EQ(cluster.controllers_size(), 1);
  EXPECT_TRUE(cluster.controllers(0).active());
}

TEST_F(ControllerProcessTest, RemembersAcrossCleanStops) {
  Format();
  for (int life = 0; life < 3; ++life) {
    StartController();
    if (life == 0) {
      PlayedBroker broker(NewChannel());
      broker.Join(100);
      ASSERT_OK(CreateTopic("orders", 3));
    }
    v1::DescribeTopicRequest request;
    request.mutable_topic()->set_name("orders");
    ASSERT_OK_AND_ASSIGN(const auto topic,
                         Call(&v1::TopicAdmin::Stub::DescribeTopic, request));
    EXPECT_EQ(topic.partitions_size(), 3);
    StopController();
    EXPECT_TRUE(files_.Exists(directory_ + "/clean-stop"));
  }
}

TEST_F(ControllerProcessTest, RefusesADirectoryThatWasNotFormatted) {
  EXPECT_THAT(ControllerProcess::Start(Config(), &levels_),
              HasErrorCode(ErrorCode::kNotFormatted));
}

TEST_F(ControllerProcessTest, RefusesASecondProcessOnTheSameDirectory) {
  Format();
  StartController();
  const auto second = ControllerProcess::Start(Config(), &levels_);
  EXPECT_THAT(second, HasErrorCode(ErrorCode::kDirectoryLocked));
  EXPECT_OK(SetCluster("num.partitions", "7")) << "the first one goes on";
}

TEST_F(ControllerProcessTest, RefusesAnotherNodesDirectoryAndChangesNothing) {
  Format();
  v1::ControllerNodeConfig config = Config();
  config.mutable_node()->set_id(2);
  EXPECT_THAT(ControllerProcess::Start(config, &levels_),
              HasErrorCode(ErrorCode::kWrongIdentity));
  config = Config();
  config.mutable_cluster()->set_id(Uuid::FromRandom(6, 6).ToString());
  EXPECT_THAT(ControllerProcess::Start(config, &levels_),
              HasErrorCode(ErrorCode::kWrongIdentity));
  EXPECT_FALSE(files_.Exists(directory_ + "/quorum-state"));
  StartController();
}

TEST_F(ControllerProcessTest, RefusesToBeASecondOneOfItsId) {
  Format();
  StartController();
  quorum::FormatOptions options;
  options.files = &files_;
  options.clock = &clock_;
  options.directory = directory_ + "-2";
  options.cluster_id = kCluster;
  options.node_id = NodeId(1);
  options.seed_high = 8;
  ASSERT_OK(quorum::FormatController(options, {}));
  v1::ControllerNodeConfig config = Config();
  config.mutable_node()->set_data_dir(directory_ + "-2");
  config.mutable_cluster()->add_controllers(
      "1@127.0.0.1:" + std::to_string(process_->peer_port()));
  EXPECT_THAT(ControllerProcess::Start(config, &levels_),
              HasErrorCode(ErrorCode::kWrongIdentity));
  EXPECT_OK(SetCluster("num.partitions", "7")) << "the first one goes on";
  // Where the others are not reached nothing speaks against it.
  config.mutable_cluster()->set_controllers(0, "1@127.0.0.1:1");
  EXPECT_OK(ControllerProcess::Start(config, &levels_));
}

TEST_F(ControllerProcessTest, RefusesAPortInUse) {
  Format();
  StartController();
  v1::ControllerNodeConfig config = Config();
  const std::string taken =
      "127.0.0.1:" + std::to_string(process_->http_port());
  config.mutable_listeners()->mutable_http()->set_bind(taken);
  StopController();
  StartController();
  config.mutable_listeners()->mutable_http()->set_bind(
      "127.0.0.1:" + std::to_string(process_->http_port()));
  quorum::FormatOptions options;
  options.files = &files_;
  options.clock = &clock_;
  options.directory = directory_ + "-2";
  options.cluster_id = kCluster;
  options.node_id = NodeId(1);
  options.seed_high = 8;
  ASSERT_OK(quorum::FormatController(
      options, {quorum::Voter{NodeId(1), Uuid(), "127.0.0.1", 9293}}));
  config.mutable_node()->set_data_dir(directory_ + "-2");
  EXPECT_THAT(ControllerProcess::Start(config, &levels_),
              HasErrorCode(ErrorCode::kAddressInUse));
}

TEST_F(ControllerProcessTest, StopsInTimeWithStreamsOpen) {
  Format();
  StartController();
  PlayedBroker broker(NewChannel());
  broker.Join(100);
  auto stub = internal::v1::Controller::NewStub(NewChannel());
  grpc::ClientContext context;
  SetDeadline(&context);
  internal::v1::FollowMetadataRequest follow;
  follow.set_cluster_id(kCluster.ToString());
  auto feed = stub->FollowMetadata(&context, follow);
  internal::v1::FollowMetadataResponse response;
  ASSERT_TRUE(feed->Read(&response));
  auto discovery = v1::Discovery::NewStub(NewChannel());
  grpc::ClientContext watching;
  SetDeadline(&watching);
  auto watch = discovery->WatchMetadata(&watching, {});
  v1::WatchMetadataResponse frame;
  ASSERT_TRUE(watch->Read(&frame));

  const absl::Duration begin = clock_.Monotonic();
  StopController();
  EXPECT_LT(clock_.Monotonic() - begin, absl::Seconds(4));
  EXPECT_THAT(broker.Finish(), HasErrorCode(ErrorCode::kShuttingDown));
  while (feed->Read(&response)) {
  }
  EXPECT_THAT(rpc::FromGrpc(feed->Finish()),
              HasErrorCode(ErrorCode::kShuttingDown));
  while (watch->Read(&frame)) {
  }
  EXPECT_THAT(rpc::FromGrpc(watch->Finish()),
              HasErrorCode(ErrorCode::kShuttingDown));
}

TEST_F(ControllerProcessTest, AnswersEveryRequestWhileItStops) {
  Format();
  StartController();
  PlayedBroker broker(NewChannel());
  broker.Join(100);
  std::atomic<int> created = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 200; ++i) {
        const auto answer = CreateTopic("t-" + std::to_string(caller) + "-" +
                                        std::to_string(i));
        if (!answer.ok()) {
          ++refused;
          return;
        }
        ++created;
      }
    });
  }
  TimeUntil([&] { return created > 20; });
  StopController();
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(created, 20);
  StartController();
  EXPECT_GE(Describe().topics(), created.load())
      << "what was answered is there";
}

}  // namespace
}  // namespace barnabas::controller
