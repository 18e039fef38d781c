// What a broker's session may and may not do.
#include "controller/service/broker_sessions.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/env/net/tcp_acceptor.h"
#include "tests/controller/controller_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {
namespace {

using ::barnabas::support::HasErrorCode;

class BrokerSessionsTest : public ControllerFixture {
 protected:
  void SetUp() override {
    ControllerFixture::SetUp();
    Format();
    StartController();
  }

  // A port that somebody listens on.
  int32_t LivePort() {
    env::TcpAcceptor::Options options;
    options.name = "alive";
    options.host = "127.0.0.1";
    auto bound = env::TcpAcceptor::Bind(options);
    EXPECT_OK(bound);
    alive_ = *std::move(bound);
    return alive_->port();
  }

  std::unique_ptr<env::TcpAcceptor> alive_;
};

TEST_F(BrokerSessionsTest, UnfencesABrokerThatHasCaughtUp) {
  PlayedBroker broker(NewChannel());
  const auto registered = broker.Register(PlayedBroker::Registration(100, 1));
  ASSERT_TRUE(registered.has_value());
  ASSERT_TRUE(registered->has_registered());
  EXPECT_EQ(registered->registered().heartbeat_ms(), 500);
  EXPECT_EQ(registered->registered().session_ms(), 3000);
  EXPECT_EQ(StateOf(100), v1::BROKER_STATE_FENCED);
  auto reply = broker.Beat(0);
  ASSERT_TRUE(reply.has_value());
  EXPECT_TRUE(reply->reply().fenced()) << "it has not applied the log yet";
  for (int i = 0; i < 20 && StateOf(100) != v1::BROKER_STATE_RUNNING; ++i) {
    broker.Beat(1000000);
  }
  EXPECT_EQ(StateOf(100), v1::BROKER_STATE_RUNNING);
}

TEST_F(BrokerSessionsTest, FencesAtOnceWhenTheProcessIsGone) {
  PlayedBroker broker(NewChannel());
  broker.Join(100);
  broker.Break();
  EXPECT_LT(TimeUntil([&] { return StateOf(100) == v1::BROKER_STATE_FENCED; }),
            absl::Seconds(1));
}

TEST_F(BrokerSessionsTest, WaitsForTheSessionWhileTheProcessListens) {
  ASSERT_OK(SetCluster("broker.session.timeout.ms", "1000"));
  internal::v1::RegisterBroker registration =
      PlayedBroker::Registration(100, 1);
  registration.mutable_endpoints(0)->set_port(LivePort());
  PlayedBroker broker(NewChannel());
  broker.Join(registration);
  broker.Break();
  const absl::Duration waited =
      TimeUntil([&] { return StateOf(100) == v1::BROKER_STATE_FENCED; });
  EXPECT_GT(waited, absl::Milliseconds(700));
  EXPECT_LT(waited, absl::Seconds(3));
}

TEST_F(BrokerSessionsTest, FencesASilentBroker) {
  ASSERT_OK(SetCluster("broker.session.timeout.ms", "500"));
  PlayedBroker broker(NewChannel());
  broker.Join(100);
  EXPECT_LT(TimeUntil([&] { return StateOf(100) == v1::BROKER_STATE_FENCED; }),
            absl::Seconds(3));
}

TEST_F(BrokerSessionsTest, RefusesALiveTwin) {
  PlayedBroker first(NewChannel());
  first.Join(100, 1);
  PlayedBroker twin(NewChannel());
  const auto refused = twin.Register(PlayedBroker::Registration(100, 2));
  ASSERT_TRUE(refused.has_value());
  ASSERT_TRUE(refused->has_failed()) << refused->DebugString();
  EXPECT_EQ(refused->failed().code(),
            v1::ERROR_CODE_DUPLICATE_BROKER_REGISTRATION);
  EXPECT_THAT(twin.Finish(),
              HasErrorCode(ErrorCode::kDuplicateBrokerRegistration));
  EXPECT_TRUE(first.Beat(1000000).has_value()) << "the first one lives on";
}

TEST_F(BrokerSessionsTest, TakesANewIncarnationOnceTheOldStreamHasClosed) {
  auto first = std::make_unique<PlayedBroker>(NewChannel());
  first->Join(100, 1);
  const int64_t epoch = first->epoch();
  first->Break();
  PlayedBroker second(NewChannel());
  std::optional<PlayedBroker::Response> answer;
  // The end of the old stream may still be on its way.
  const absl::Duration waited = TimeUntil([&] {
    PlayedBroker again(NewChannel());
    answer = again.Register(PlayedBroker::Registration(100, 2));
    return answer.has_value() && answer->has_registered();
  });
  EXPECT_LT(waited, absl::Seconds(2));
  ASSERT_TRUE(answer->has_registered());
  EXPECT_GT(answer->registered().broker_epoch(), epoch);
}

TEST_F(BrokerSessionsTest, RefusesAnotherCluster) {
  PlayedBroker broker(NewChannel());
  auto registration = PlayedBroker::Registration(100, 1);
  registration.set_cluster_id(Uuid::FromRandom(6, 6).ToString());
  const auto refused = broker.Register(registration);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->failed().code(), v1::ERROR_CODE_INCONSISTENT_CLUSTER_ID);
  EXPECT_THAT(broker.Finish(), HasErrorCode(ErrorCode::kInconsistentClusterId));
}

TEST_F(BrokerSessionsTest, RefusesFramesOutOfTurn) {
  PlayedBroker early(NewChannel());
  const auto refused = early.Beat(0);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->failed().code(), v1::ERROR_CODE_PROTOCOL_ERROR);
  EXPECT_THAT(early.Finish(), HasErrorCode(ErrorCode::kProtocolError));

  PlayedBroker twice(NewChannel());
  ASSERT_TRUE(
      twice.Register(PlayedBroker::Registration(100, 1))->has_registered());
  const auto second = twice.Register(PlayedBroker::Registration(100, 1));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->failed().code(), v1::ERROR_CODE_PROTOCOL_ERROR);

  PlayedBroker empty(NewChannel());
  empty.Write(PlayedBroker::Request());
  EXPECT_THAT(empty.Finish(), HasErrorCode(ErrorCode::kUnsupportedFrame));
}

TEST_F(BrokerSessionsTest, RefusesBeatsOfAnEarlierLife) {
  PlayedBroker broker(NewChannel());
  ASSERT_TRUE(
      broker.Register(PlayedBroker::Registration(100, 1))->has_registered());
  PlayedBroker::Request stale;
  stale.mutable_heartbeat()->set_broker_epoch(broker.epoch() - 1);
  broker.Write(stale);
  EXPECT_THAT(broker.Finish(), HasErrorCode(ErrorCode::kStaleBrokerEpoch));
}

TEST_F(BrokerSessionsTest, SurvivesManyStreamsThatComeAndGo) {
  for (int i = 0; i < 100; ++i) {
    PlayedBroker broker(channel_);
    if (i % 3 == 0) broker.Register(PlayedBroker::Registration(100 + i, 1));
    if (i % 2 == 0) broker.Break();
  }
  EXPECT_GT(Describe().brokers_size(), 30);
}

TEST_F(BrokerSessionsTest, LetsABrokerStopWhenItLeadsNothing) {
  PlayedBroker broker(NewChannel());
  broker.Join(100);
  ASSERT_OK(CreateTopic("orders", 2));
  const absl::Duration waited = TimeUntil([&] {
    const auto reply = broker.Beat(1000000, /*want_stop=*/true);
    return reply.has_value() && reply->reply().may_stop();
  });
  EXPECT_LT(waited, absl::Seconds(5));
  ASSERT_OK_AND_ASSIGN(const auto topics,
                       Call(&v1::Discovery::Stub::DescribeTopics, {}));
  EXPECT_EQ(topics.topics_size(), 1);
  for (const v1::DescribedTopic& described : topics.topics()) {
    for (const v1::PartitionInfo& each : described.topic().partitions()) {
      EXPECT_FALSE(each.has_leader());
    }
  }
}

}  // namespace
}  // namespace barnabas::controller
