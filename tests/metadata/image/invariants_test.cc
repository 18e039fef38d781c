#include "metadata/image/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "metadata/image/image_parts.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::image {
namespace {

using ::testing::HasSubstr;

ClusterImage Sound() {
  return ImageBuilder()
      .Broker(100)
      .Broker(101)
      .Topic("a", {{100, 101}, {101, 100}})
      .image();
}

// The image with its only topic changed behind replay's back.
ClusterImage WithTopic(const ClusterImage& image, const TopicState& topic) {
  auto parts = std::make_shared<ImageParts>(*image.parts());
  const auto link = std::make_shared<const TopicState>(topic);
  parts->topics_by_id = parts->topics_by_id.Set(topic.id, link);
  parts->topics_by_name = parts->topics_by_name.Set("a", link);
  return ClusterImage(parts);
}

ClusterImage WithBroker(const ClusterImage& image, const BrokerState& broker) {
  auto parts = std::make_shared<ImageParts>(*image.parts());
  parts->brokers = parts->brokers.Set(
      broker.id, std::make_shared<const BrokerState>(broker));
  return ClusterImage(parts);
}

std::string Message(const absl::Status& status) {
  return std::string(status.message());
}

TEST(Invariants, HoldForSoundImages) {
  EXPECT_OK(CheckInvariants(ClusterImage()));
  EXPECT_OK(CheckInvariants(Sound()));
  EXPECT_OK(CheckStep(ClusterImage(), Sound()));
}

TEST(Invariants, C2FindsAFencedBrokerInAnIsr) {
  BrokerState broker = *Sound().FindBroker(BrokerId(101));
  broker.fenced = true;
  EXPECT_THAT(Message(CheckInvariants(WithBroker(Sound(), broker))),
              HasSubstr("C2"));
}

TEST(Invariants, C2AllowsTheLastKnownLeaderToStay) {
  BrokerState broker = *Sound().FindBroker(BrokerId(101));
  broker.fenced = true;
  TopicState topic = *Sound().FindTopic("a");
  topic.partitions[0].isr = {BrokerId(100)};
  topic.partitions[1].isr = {BrokerId(101)};
  topic.partitions[1].leader = kNoBroker;
  const ClusterImage image = WithBroker(WithTopic(Sound(), topic), broker);
  EXPECT_OK(CheckInvariants(image));
  topic.partitions[1].leader = BrokerId(101);
  EXPECT_THAT(Message(CheckInvariants(WithTopic(image, topic))),
              HasSubstr("C2"));
}

TEST(Invariants, C7FindsBadShapes) {
  TopicState topic = *Sound().FindTopic("a");
  topic.partitions[0].isr = {BrokerId(100), BrokerId(102)};
  EXPECT_THAT(Message(CheckInvariants(WithTopic(Sound(), topic))),
              HasSubstr("C7"));
  topic = *Sound().FindTopic("a");
  topic.partitions[0].isr = {BrokerId(101)};
  EXPECT_THAT(Message(CheckInvariants(WithTopic(Sound(), topic))),
              HasSubstr("C7"));
  topic = *Sound().FindTopic("a");
  topic.partitions[0].replicas = {BrokerId(100)};
  topic.partitions[0].isr = {BrokerId(100)};
  EXPECT_THAT(Message(CheckInvariants(WithTopic(Sound(), topic))),
              HasSubstr("hosted"));
}

TEST(Invariants, C5FindsNamesAndIdsThatDisagree) {
  TopicState topic = *Sound().FindTopic("a");
  topic.id = TestId(44);
  EXPECT_THAT(Message(CheckInvariants(WithTopic(Sound(), topic))),
              HasSubstr("C5"));
}

TEST(Invariants, C4FindsAChangeWithoutAnEpoch) {
  TopicState topic = *Sound().FindTopic("a");
  topic.partitions[0].isr = {BrokerId(100)};
  EXPECT_THAT(Message(CheckStep(Sound(), WithTopic(Sound(), topic))),
              HasSubstr("C4"));
  topic.partitions[0].partition_epoch = PartitionEpoch(1);
  EXPECT_OK(CheckStep(Sound(), WithTopic(Sound(), topic)));
  topic.partitions[1].partition_epoch = PartitionEpoch(1);
  topic.partitions[1].leader = BrokerId(100);
  EXPECT_THAT(Message(CheckStep(Sound(), WithTopic(Sound(), topic))),
              HasSubstr("C4"));
}

TEST(Invariants, C1FindsANewLifeWithoutAnEpoch) {
  BrokerState broker = *Sound().FindBroker(BrokerId(101));
  broker.incarnation = TestId(77);
  EXPECT_THAT(Message(CheckStep(Sound(), WithBroker(Sound(), broker))),
              HasSubstr("C1"));
}

TEST(Invariants, NothingGoesBack) {
  EXPECT_FALSE(CheckStep(Sound(), ClusterImage()).ok());
}

}  // namespace
}  // namespace barnabas::image
