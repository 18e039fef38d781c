#include "metadata/view/cluster_view.h"

#include <gtest/gtest.h>

#include "tests/metadata/image/image_builder.h"

namespace barnabas::view {
namespace {

using image::ImageBuilder;

ImageBuilder Cluster() {
  ImageBuilder builder;
  builder.Broker(100, "a").FencedBroker(101);
  builder.Topic("t", {{100}, {100}});
  builder.Add([](internal::v1::ClusterRecord& record) {
    record.mutable_leader()->set_controller_id(1);
    record.mutable_leader()->set_term(1);
  });
  return builder;
}

TEST(ClusterView, TellsBrokersControllersAndCounts) {
  const image::ClusterImage image = Cluster().image();
  const v1::DescribeClusterResponse response = DescribeCluster(image, {});
  EXPECT_EQ(response.cluster_id(), image.cluster_id().ToString());
  EXPECT_EQ(response.metadata_version(), image.version().value());
  EXPECT_EQ(response.topics(), 1);
  EXPECT_EQ(response.partitions(), 2);
  ASSERT_EQ(response.controllers_size(), 1);
  EXPECT_TRUE(response.controllers(0).active());
  EXPECT_EQ(response.controllers(0).port(), 9293);
  ASSERT_EQ(response.brokers_size(), 2);
  EXPECT_EQ(response.brokers(0).id(), 100);
  EXPECT_EQ(response.brokers(0).state(), v1::BROKER_STATE_RUNNING);
  EXPECT_EQ(response.brokers(0).rack(), "a");
  EXPECT_EQ(response.brokers(0).leaders(), 2);
  EXPECT_EQ(response.brokers(0).replicas(), 2);
  EXPECT_EQ(response.brokers(0).registered_ms(), 77);
  EXPECT_EQ(response.brokers(1).state(), v1::BROKER_STATE_FENCED);
  EXPECT_EQ(response.brokers(1).leaders(), 0);
}

TEST(ClusterView, EndpointsAreThoseOfTheListenerThatWasDialled) {
  const image::ClusterImage image = Cluster().image();
  ClusterViewOptions options;
  options.listener = "peer";
  const v1::BrokerInfo peer = DescribeBrokers(image, options)[0];
  ASSERT_EQ(peer.endpoints_size(), 1);
  EXPECT_EQ(peer.endpoints(0).port(), 9293);
  options.listener = "http";
  EXPECT_EQ(DescribeBrokers(image, options)[0].endpoints_size(), 2);
  options.listener = "";
  EXPECT_EQ(DescribeBrokers(image, options)[0].endpoints_size(), 2);
}

TEST(ClusterView, DiskUseIsToldWhereItIsKnown) {
  ClusterViewOptions options;
  options.disks[BrokerId(100)] = {5, 6};
  const auto brokers = DescribeBrokers(Cluster().image(), options);
  EXPECT_EQ(brokers[0].disk_used_bytes(), 5);
  EXPECT_EQ(brokers[0].disk_free_bytes(), 6);
  EXPECT_EQ(brokers[1].disk_used_bytes(), 0);
}

TEST(ClusterView, AStoppingBrokerSaysSo) {
  ImageBuilder builder;
  builder.Broker(100);
  const auto epoch = builder.image().FindBroker(BrokerId(100))->epoch.value();
  builder.Add([&](internal::v1::ClusterRecord& record) {
    record.mutable_broker_change()->set_broker_id(100);
    record.mutable_broker_change()->set_broker_epoch(epoch);
    record.mutable_broker_change()->set_stopping(true);
  });
  EXPECT_EQ(DescribeBrokers(builder.image(), {})[0].state(),
            v1::BROKER_STATE_STOPPING);
}

}  // namespace
}  // namespace barnabas::view
