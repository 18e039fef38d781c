// Topics, settings, discovery and producer ids through gRPC.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "controller/service/config_admin_service.h"
#include "controller/service/discovery_service.h"
#include "controller/service/topic_admin_service.h"
#include "tests/controller/controller_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {
namespace {

using ::barnabas::support::HasErrorCode;

class AdminServicesTest : public ControllerFixture {
 protected:
  void SetUp() override {
    ControllerFixture::SetUp();
    Format();
    StartController();
    broker_ = std::make_unique<PlayedBroker>(NewChannel());
    broker_->Join(100);
  }
  void TearDown() override { broker_ = nullptr; }

  std::unique_ptr<PlayedBroker> broker_;
};

TEST_F(AdminServicesTest, CreatesListsAltersAndDeletesTopics) {
  ASSERT_OK_AND_ASSIGN(const auto created, CreateTopic("orders", 2));
  ASSERT_EQ(created.results_size(), 1);
  EXPECT_FALSE(created.results(0).has_error());
  EXPECT_EQ(created.results(0).partitions(), 2);

  ASSERT_OK_AND_ASSIGN(const auto listed,
                       Call(&v1::TopicAdmin::Stub::ListTopics, {}));
  ASSERT_EQ(listed.topics_size(), 1);
  EXPECT_EQ(listed.topics(0).name(), "orders");
  EXPECT_EQ(listed.topics(0).sized_partitions(), 0);
  EXPECT_GE(listed.metadata_version(), created.metadata_version());

  v1::AlterTopicsRequest alter;
  alter.add_topics()->set_name("orders");
  auto* setting = alter.mutable_topics(0)->add_settings();
  setting->set_key("retention.ms");
  setting->set_value("60000");
  ASSERT_OK_AND_ASSIGN(const auto altered,
                       Call(&v1::TopicAdmin::Stub::AlterTopics, alter));
  EXPECT_FALSE(altered.results(0).has_error());

  v1::AddPartitionsRequest add;
  add.add_topics()->set_name("orders");
  add.mutable_topics(0)->set_total(5);
  ASSERT_OK(Call(&v1::TopicAdmin::Stub::AddPartitions, add));

  v1::DescribeTopicRequest describe;
  describe.mutable_topic()->set_name("orders");
  ASSERT_OK_AND_ASSIGN(const auto topic,
                       Call(&v1::TopicAdmin::Stub::DescribeTopic, describe));
  EXPECT_EQ(topic.partitions_size(), 5);
  ASSERT_EQ(topic.settings_size(), 1);
  EXPECT_EQ(topic.settings(0).value(), "60000");

  v1::DeleteTopicsRequest drop;
  drop.add_topics()->mutable_topic()->set_name("orders");
  ASSERT_OK(Call(&v1::TopicAdmin::Stub::DeleteTopics, drop));
  EXPECT_THAT(Call(&v1::TopicAdmin::Stub::DescribeTopic, describe),
              HasErrorCode(ErrorCode::kUnknownTopic));
}

TEST_F(AdminServicesTest, RefusesItemsByNameAndKeepsTheOthers) {
  v1::CreateTopicsRequest request;
  for (const char* name : {"good", "../evil", "", "also/bad"}) {
    request.add_topics()->set_name(name);
  }
  request.add_topics()->set_name(std::string(250, 'x'));
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       Call(&v1::TopicAdmin::Stub::CreateTopics, request));
  ASSERT_EQ(answer.results_size(), 5);
  EXPECT_FALSE(answer.results(0).has_error());
  for (int i = 1; i < 5; ++i) {
    EXPECT_EQ(answer.results(i).error().code(),
              v1::ERROR_CODE_INVALID_TOPIC_NAME)
        << i;
  }
  EXPECT_THAT(CreateTopic("good"),
              HasErrorCode(ErrorCode::kTopicAlreadyExists));
}

TEST_F(AdminServicesTest, ValidatesOnlyWhenAsked) {
  v1::CreateTopicsRequest request;
  request.add_topics()->set_name("dry");
  request.set_validate_only(true);
  ASSERT_OK(Call(&v1::TopicAdmin::Stub::CreateTopics, request));
  EXPECT_EQ(Describe().topics(), 0);
}

TEST_F(AdminServicesTest, FiltersTopicsByPattern) {
  for (const char* name : {"a-1", "a-2", "b-1"}) ASSERT_OK(CreateTopic(name));
  v1::ListTopicsRequest request;
  request.set_pattern("a-.*");
  ASSERT_OK_AND_ASSIGN(const auto listed,
                       Call(&v1::TopicAdmin::Stub::ListTopics, request));
  EXPECT_EQ(listed.topics_size(), 2);
  request.set_pattern("(");
  EXPECT_THAT(Call(&v1::TopicAdmin::Stub::ListTopics, request),
              HasErrorCode(ErrorCode::kInvalidRequest));
  request.set_pattern(std::string(2000, 'a'));
  EXPECT_THAT(Call(&v1::TopicAdmin::Stub::ListTopics, request),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

TEST_F(AdminServicesTest, ChangesAndDescribesSettings) {
  ASSERT_OK(SetCluster("num.partitions", "7"));
  v1::DescribeConfigRequest request;
  request.mutable_scope()->set_kind(v1::SCOPE_KIND_CLUSTER);
  request.add_keys("num.partitions");
  ASSERT_OK_AND_ASSIGN(const auto described,
                       Call(&v1::ConfigAdmin::Stub::DescribeConfig, request));
  ASSERT_EQ(described.settings_size(), 1);
  EXPECT_EQ(described.settings(0).value(), "7");
  EXPECT_EQ(described.settings(0).origin(), v1::ORIGIN_CLUSTER);
  request.set_keys(0, "num.partition");
  EXPECT_THAT(Call(&v1::ConfigAdmin::Stub::DescribeConfig, request),
              HasErrorCode(ErrorCode::kInvalidSetting));
}

TEST_F(AdminServicesTest, TellsOfBrokersAndTheirDisks) {
  PlayedBroker::Request beat;
  beat.mutable_heartbeat()->set_broker_epoch(broker_->epoch());
  beat.mutable_heartbeat()->set_applied_offset(1000000);
  beat.mutable_heartbeat()->set_disk_free_bytes(12345);
  broker_->Write(beat);
  broker_->Read();
  const v1::DescribeClusterResponse cluster = Describe();
  ASSERT_EQ(cluster.brokers_size(), 1);
  EXPECT_EQ(cluster.brokers(0).disk_free_bytes(), 12345);
  EXPECT_EQ(cluster.brokers(0).epoch(), broker_->epoch());
}

TEST_F(AdminServicesTest, GivesProducerIdsInBlocksThatNeverOverlap) {
  internal::v1::AllocateProducerIdsRequest request;
  request.set_broker_id(100);
  request.set_broker_epoch(broker_->epoch());
  int64_t next = 0;
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK_AND_ASSIGN(
        const auto block,
        Call(&internal::v1::Controller::Stub::AllocateProducerIds, request));
    EXPECT_GE(block.first(), next);
    EXPECT_GT(block.count(), 0);
    next = block.first() + block.count();
  }
  request.set_broker_epoch(broker_->epoch() - 1);
  EXPECT_THAT(
      Call(&internal::v1::Controller::Stub::AllocateProducerIds, request),
      HasErrorCode(ErrorCode::kStaleBrokerEpoch));
  StopController();
  StartController();
  broker_ = std::make_unique<PlayedBroker>(NewChannel());
  broker_->Join(100, 2);
  request.set_broker_epoch(broker_->epoch());
  ASSERT_OK_AND_ASSIGN(
      const auto block,
      Call(&internal::v1::Controller::Stub::AllocateProducerIds, request));
  EXPECT_GE(block.first(), next) << "not even after a restart";
}

TEST_F(AdminServicesTest, AnswersSeeTheirOwnChange) {
  // The played broker does not beat meanwhile.
  ASSERT_OK(SetCluster("broker.session.timeout.ms", "60000"));
  std::vector<std::thread> callers;
  std::atomic<int> blind = 0;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 30; ++i) {
        const std::string name =
            "t" + std::to_string(caller) + "-" + std::to_string(i);
        if (!CreateTopic(name).ok()) ++blind;
        v1::DescribeTopicRequest request;
        request.mutable_topic()->set_name(name);
        if (!Call(&v1::TopicAdmin::Stub::DescribeTopic, request).ok()) ++blind;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(blind, 0);
}

}  // namespace
}  // namespace barnabas::controller
