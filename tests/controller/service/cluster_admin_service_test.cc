// Brokers, leaders, health and features as administrators see them.
#include "controller/service/cluster_admin_service.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/controller/controller_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {
namespace {

using Stub = v1::ClusterAdmin::Stub;

class ClusterAdminServiceTest : public ControllerFixture {
 protected:
  void SetUp() override {
    ControllerFixture::SetUp();
    Format();
    StartController();
    broker_ = std::make_unique<PlayedBroker>(NewChannel());
    broker_->Join(100);
  }
  void TearDown() override { broker_ = nullptr; }

  v1::BrokerInfo Broker() {
    const auto cluster = Call(&v1::Discovery::Stub::DescribeCluster, {});
    EXPECT_OK(cluster);
    return cluster->brokers_size() == 1 ? cluster->brokers(0)
                                        : v1::BrokerInfo();
  }

  std::unique_ptr<PlayedBroker> broker_;
};

TEST_F(ClusterAdminServiceTest, DrainsAndUndrainsForAllToSee) {
  v1::DrainBrokersRequest drain;
  drain.add_broker_ids(100);
  ASSERT_OK_AND_ASSIGN(const auto drained, Call(&Stub::DrainBrokers, drain));
  EXPECT_TRUE(drained.results(0).changed());
  EXPECT_GT(drained.metadata_version(), 0);
  EXPECT_TRUE(Broker().draining());
  ASSERT_OK_AND_ASSIGN(const auto ill, Call(&Stub::CheckHealth, {}));
  ASSERT_EQ(ill.findings_size(), 1);
  EXPECT_EQ(ill.findings(0).kind(), v1::HEALTH_KIND_BROKER_DRAINING);
  EXPECT_THAT(CreateTopic("orders", 1),
              support::HasErrorCode(ErrorCode::kBrokerNotAvailable));
  v1::UndrainBrokersRequest undrain;
  undrain.add_broker_ids(100);
  ASSERT_OK(Call(&Stub::UndrainBrokers, undrain));
  EXPECT_FALSE(Broker().draining());
  ASSERT_OK_AND_ASSIGN(const auto well, Call(&Stub::CheckHealth, {}));
  EXPECT_TRUE(well.healthy());
}

TEST_F(ClusterAdminServiceTest, ForgetsNobodyWhoIsThere) {
  v1::DecommissionBrokersRequest request;
  request.add_broker_ids(100);
  ASSERT_OK_AND_ASSIGN(const auto refused,
                       Call(&Stub::DecommissionBrokers, request));
  EXPECT_EQ(refused.results(0).error().code(), v1::ERROR_CODE_BROKER_IN_USE);
  EXPECT_EQ(Broker().id(), 100);
}

TEST_F(ClusterAdminServiceTest, ElectsLeaders) {
  ASSERT_OK(CreateTopic("orders", 3));
  ASSERT_OK_AND_ASSIGN(const auto elected, Call(&Stub::ElectLeaders, {}));
  EXPECT_EQ(elected.unchanged(), 3);
  EXPECT_EQ(elected.elected(), 0);
}

TEST_F(ClusterAdminServiceTest, ANewClusterStandsAtTheNewestLevel) {
  ASSERT_OK_AND_ASSIGN(const auto described, Call(&Stub::DescribeFeatures, {}));
  ASSERT_EQ(described.features_size(), 1);
  EXPECT_EQ(described.features(0).name(), "metadata");
  EXPECT_EQ(described.features(0).level(), described.features(0).max_level());
  EXPECT_EQ(described.features(0).nodes_size(), 2);
  v1::UpdateFeaturesRequest request;
  request.add_updates()->set_name("metadata");
  request.mutable_updates(0)->set_level(described.features(0).level() + 1);
  ASSERT_OK_AND_ASSIGN(const auto refused,
                       Call(&Stub::UpdateFeatures, request));
  EXPECT_EQ(refused.results(0).error().code(),
            v1::ERROR_CODE_FEATURE_UPDATE_FAILED);
}

TEST_F(ClusterAdminServiceTest, AnOldBrokerIsTurnedAwayByName) {
  PlayedBroker old(NewChannel());
  auto registration = PlayedBroker::Registration(101, 1);
  registration.clear_features();
  const auto response = old.Register(registration);
  ASSERT_TRUE(response.has_value());
  ASSERT_TRUE(response->has_failed());
  EXPECT_EQ(response->failed().code(), v1::ERROR_CODE_INVALID_REGISTRATION);
  EXPECT_NE(response->failed().message().find("levels 1…1"), std::string::npos)
      << response->failed().message();
}

}  // namespace
}  // namespace barnabas::controller
